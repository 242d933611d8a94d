/**
 * Runs every example against the built package and checks what it says, and the commands of README.md against a
 * sandbox. Needs `npm run build`, bash and curl.
 *
 *     node examples/run-all.mjs
 *     node examples/run-all.mjs first-session.ts worker.ts
 */
import { spawn } from "node:child_process"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Sandbox } from "effect-mixpanel/testing"

const root = fileURLToPath(new URL("..", import.meta.url))
const tsx = ["--import", "tsx"]
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", "examples/vitest.config.ts"]

/** A line that each must print; every `.ts` file of this directory has to be in here. */
const examples = {
  "compose-runtime.ts": /^Logins in the first week of 2026: [1-9]\d*$/m,
  "copy-events.ts": /^[1-9]\d+ of \d+ events accepted, 0 refused$/m,
  "current-session.ts": /^ACCOUNT_NOT_FOUND; still env-service-account in project 3713224$/m,
  "deterministic.test.ts": /Tests +5 passed/,
  "directories.ts": /^~\/work\/acme\/src: acme → 4100099$[^]*^~\/notes, from now on: acme → 4100099$/m,
  "embedded-cli.ts": /^  "name": "env-service-account",$[^]*^exit code 3$/m,
  "export-to-file.ts": /^[1-9]\d+ bytes of events were written\.$/m,
  "first-session.ts": /^Logins of project 3018488: \{$/m,
  "from-0.3.ts": /^by name: analytics\.mp-service-account → 4100077 \(eu\)$/m,
  "from-python.ts": /^\d\d lines of docs\/from-python\.md were executed\.$/m,
  "guides/testing.test.ts": /Tests +3 passed/,
  "http-client.ts": /^AUTH_FAILED: .*\(403\): Access denied/m,
  "many-tenants.ts":
    /^\/acme\/events: 200 \["Login".*^\/broken\/events: 502 {"error":"AUTH_FAILED"}$.*^\/acme\/exported: 200 .*^\/nobody\/events: 404/ms,
  "oauth-in-memory.test.ts": /Tests +5 passed/,
  "opentelemetry.ts":
    /^ {4}GET \/api\/query\/events\/names 503\n {4}GET \/api\/query\/events\/names 200 \(sent again\)$/m,
  "own-http-client.ts": /(^POST \/oauth\/token\/: 200\n){2}^GET \/api\/app\/me: 200$/m,
  "parallel-projects.ts": /^3713224: Login, Prompt Sent, Answer Rated$/m,
  "replace-one-service.ts": /^Signed in as jo@example\.com\.$/m,
  "resolve-with-overrides.ts": /^another project: team → 3713224, workspace none$/m,
  "secrets.ts": /^2 requests with Bearer leased-for-an-hour\n1 run of vault read -format=json secret\/mixpanel$/m,
  "stateless.ts": /^Events of acme: \[ .Login/m,
  "tenants/demo.ts": /^ended with 0, 0, 0$|^Skipped: no PostgreSQL is installed here/m,
  "vault.ts": /^Signed in as jo@example\.com\.\nvault:jo\/tokens holds refreshed tokens\.$/m,
  "web-login/demo.ts": /Projects of acme +AI Demo/,
  "worker.ts": /^job done: \d+ events\nservices closed$/m
}

const fail = (message) => Effect.fail(new Error(message))

/** Ends a process and waits for it: what it still writes must not outlive the temporary home. */
const ended = (child) =>
  Effect.async((resume) => {
    child.once("close", () => resume(Effect.void))
    child.kill()
  })

const run = (command, args, environment, stdin = "") =>
  Effect.async((resume) => {
    const child = spawn(command, args, { cwd: root, env: environment, timeout: 60_000 })
    const output = []
    child.stdout.on("data", (chunk) => output.push(chunk))
    child.stderr.on("data", (chunk) => output.push(chunk))
    child.once("error", (error) => resume(Effect.fail(error)))
    child.once("close", (code) => {
      // A program that is told to end may well end with 0.
      const end = child.killed ? "its time over, 60 s" : code
      resume(Effect.succeed({ code: end, output: Buffer.concat(output).toString() }))
    })
    child.stdin.end(stdin)
    return ended(child)
  })

const expecting = (name, pattern, running) =>
  Effect.flatMap(running, ({ code, output }) => {
    if (code === 0 && pattern.test(output)) return Console.log(`ok  ${name}`)
    return fail(`${name} ended with ${code}; expected 0 and ${pattern}:\n${output}`)
  })

const runExample = (environment) => (name) =>
  expecting(
    name,
    examples[name],
    run(process.execPath, [...(name.endsWith(".test.ts") ? vitest : tsx), `examples/${name}`], environment)
  )

const read = (path) => Effect.promise(() => readFile(join(root, path), "utf8"))

const blocks = (markdown, language) =>
  [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, found]) => found === language).map(([, , text]) => text)

/** Stands in for the person whom the README's login needs; without a terminal, `mp login` is two commands. */
const person = { BROWSER: `${process.execPath} ${join(root, "examples/from-python/person.mjs")}`, DISPLAY: ":0" }
const login = "mp account add me --type oauth_browser --region us\nmp account login me\nmp account use me"

/** The commands of README.md from where it points `mp` at the sandbox, on the port that this one has. */
const readmeCommands = (readme, { url }, environment) => {
  const [, minute = ""] = readme.split(/^## A minute of `mp`$|^## A minute of the library$/m)
  const commands = blocks(minute, "sh")
    .join("")
    .replaceAll("http://127.0.0.1:4010", url)
    .replace(/^mp login$/m, login)
  const said = /✓ Authenticated as jo@example\.com.*^Login +2026-01-01 +\d+$.*"user_email":.*^Login,2026-01-01,\d+$/ms
  return expecting("README.md, commands", said, run("bash", ["-e"], { ...environment, ...person }, commands))
}

const allListed = Effect.gen(function* () {
  const names = yield* Effect.promise(() => readdir(join(root, "examples")))
  const missing = names.filter((name) => name.endsWith(".ts") && name !== "vitest.config.ts" && !(name in examples))
  if (missing.length > 0) yield* fail(`examples/run-all.mjs does not know ${missing.join(", ")}`)
})

const temporaryHome = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "effect-mixpanel-examples-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

const program = Effect.gen(function* () {
  yield* allListed
  const sandbox = yield* Sandbox.start()
  const clean = { PATH: process.env.PATH, HOME: yield* temporaryHome }
  const [{ secret, username }] = sandbox.credentials.serviceAccounts
  const account = { MP_USERNAME: username, MP_SECRET: secret, MP_PROJECT_ID: "3018488", MP_REGION: "us" }
  const readme = yield* read("README.md")
  const environment = { ...clean, ...sandbox.environment, ...account, TSX_TSCONFIG_PATH: "examples/tsconfig.json" }
  const named = process.argv.slice(2)
  const all = [...Object.keys(examples).map(runExample(environment)), readmeCommands(readme, sandbox, clean)]
  const programs = named.length > 0 ? named.map(runExample(environment)) : all
  yield* Effect.all(programs, { concurrency: 2, discard: true })
}).pipe(
  Effect.scoped,
  Effect.tapError((error) => Console.error(error.message))
)

/** Interrupted checks have not succeeded. */
const teardown = (exit, end) => end(Exit.isSuccess(exit) ? 0 : 1)

NodeRuntime.runMain(program, { disableErrorReporting: true, teardown })

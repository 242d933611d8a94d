/**
 * A tour of `mp`: the real command, in processes of its own, against a sandbox Mixpanel on this machine.
 * Nothing leaves the machine, and your `~/.mp` is not touched. Ends with 1 as soon as a command does not do
 * what is told here.
 *
 *     npm run demo
 */
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Sandbox } from "effect-mixpanel/testing"

const executable = fileURLToPath(new URL("../dist/bin/mp.cjs", import.meta.url))

const colored = process.stdout.isTTY === true && !process.env.NO_COLOR
const style = (code) => (text) => (colored && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text)
const bold = style(1)
const cyan = style(36)
const dim = style(2)
const yellow = style(33)

/**
 * A command line of `mp`: `stdin` names the variable that is piped in, `variables` are set for this command,
 * `exit` is the exit code that it must have and `says` what its output must match.
 */
const mp = (line, { exit = 0, says, stdin, variables = {} }) => ({ line, exit, says, stdin, variables })

const shown = ({ line, stdin, variables }) =>
  [
    ...(stdin === undefined ? [] : [`printf %s "$${stdin}" |`]),
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    `mp ${line}`
  ].join(" ")

const chapters = ({ credentials }) => {
  const [{ username }] = credentials.serviceAccounts
  return [
    {
      title: "A service account; its secret comes from stdin, never from a flag",
      steps: [
        mp(
          `account add team --type service_account --region us --project 3018488 --username ${username} --secret-stdin`,
          { stdin: "TEAM_SECRET", says: /Set as active/ }
        ),
        mp("account test", { says: /"ok": true/ })
      ]
    },
    {
      title: "A second account, whose bearer stays in a variable, and a target for it",
      steps: [
        mp("account add ci --type oauth_token --region us --project 3713224 --token-env MP_CI_TOKEN", {
          says: /Added account 'ci'/
        }),
        mp("target add ai --account ci --project 3713224 --workspace 3448413", { says: /Added target 'ai'/ }),
        mp("account list", { says: /^team .* \*/m })
      ]
    },
    {
      title: "Switching: the target's account, project and workspace in one write, and back",
      steps: [
        mp("target use ai", { says: /Active: ci → .*3713224.*3448413/ }),
        mp("session", { says: /ci \(oauth_token, us\)/ }),
        mp("account use team", { says: /Active account: team/ }),
        mp("workspace use 3448414", { says: /Active workspace: 3448414/ })
      ]
    },
    {
      title: "Where each value comes from, and what it hides",
      steps: [
        mp("session --explain", { says: /^workspace +\* +3448414/m }),
        mp("session --explain --target ai", { says: /^account +team .* shadowed/m })
      ]
    },
    {
      title: "A variable stands above a flag, and mp says so",
      steps: [
        mp("project show --project 3713224", {
          variables: { MP_PROJECT_ID: "3018488" },
          says: /note: MP_PROJECT_ID overrides --project 3713224[^]*3018488/
        })
      ]
    },
    {
      title: "Questions to the API",
      steps: [
        mp("query segmentation -e Login --from 2026-01-01 --to 2026-01-04 --format table", {
          says: /^Login +2026-01-04 +\d+$/m
        }),
        mp("inspect events --format plain", { says: /^Purchase$/m }),
        mp("inspect events --format plain --target ai", { says: /^Prompt Sent$/m }),
        mp("api /api/app/me", { says: /"user_email":"team@example.com"/ })
      ]
    },
    {
      title: "Errors name their source, say what to try, and have exit codes of their own",
      steps: [
        mp("session --account taem", { exit: 4, says: /from --account[^]*mp session --account team/ }),
        mp("sesion", { exit: 3, says: /Did you mean 'session'\?/ }),
        mp("account remove ci", { exit: 1, says: /used by target ai/ }),
        mp("account update team --secret-stdin", { stdin: "WRONG_SECRET", says: /Updated/ }),
        mp("inspect events", { exit: 2, says: /\(401\)[^]*try:/ }),
        mp("inspect events --format json", { exit: 2, says: /^\{"error":\{"code":"AUTH_FAILED"/m })
      ]
    }
  ]
}

/** Ends a process and waits for it: what it still writes must not outlive the temporary home. */
const ended = (child) =>
  Effect.async((resume) => {
    child.once("close", () => resume(Effect.void))
    child.kill()
  })

/** Runs `mp`; notices come before the data of a success, an error after what was printed until then. */
const output = ({ line, stdin, variables }, environment) =>
  Effect.async((resume) => {
    const env = { ...environment, ...variables }
    const child = spawn(process.execPath, [executable, ...line.split(" ")], { env, cwd: environment.HOME })
    const parts = { stdout: "", stderr: "" }
    for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => (parts[name] += text))
    child.once("error", (error) => resume(Effect.fail(error)))
    child.once("close", (code) => resume(Effect.succeed({ code, ...parts })))
    child.stdin.on("error", () => {}).end(stdin === undefined ? "" : environment[stdin])
    return ended(child)
  })

/** As it is shown: the temporary home as `~`, ending with a line break. */
const tidy = (text, { HOME }) => (text === "" ? "" : `${text.replaceAll(HOME, "~").trimEnd()}\n`)

const wrong = (step, code, text) =>
  new Error(
    [
      `demo: \`${shown(step)}\` was to end with ${step.exit} and to match ${step.says}`,
      `but ended with ${code}:\n${text}`
    ].join("\n")
  )

const play = (environment) => (step) =>
  Effect.gen(function* () {
    yield* Console.log(cyan(`$ ${shown(step)}`))
    const { code, stderr, stdout } = yield* output(step, environment)
    const data = tidy(stdout, environment)
    const said = tidy(stderr, environment)
    yield* Console.log(code === 0 ? yellow(said) + data : data + yellow(said) + dim(`(exit code ${code})\n`))
    if (code !== step.exit || !step.says.test(said + data)) yield* Effect.fail(wrong(step, code, said + data))
  })

const chapter = (environment, number, { steps, title }) =>
  Effect.gen(function* () {
    yield* Console.log(bold(`${number}. ${title}\n`))
    yield* Effect.forEach(steps, play(environment), { discard: true })
  })

const temporaryHome = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "mp-demo-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

const introduction = ({ url }) =>
  [
    "A sandbox Mixpanel runs on this machine; ~ is a temporary home directory. In the shell:\n",
    cyan(`$ export MP_API_BASE_URL=${url}`),
    cyan("$ export TEAM_SECRET=sandbox-secret-team MP_CI_TOKEN=sandbox-bearer-jo WRONG_SECRET=oops\n")
  ].join("\n")

const demo = Effect.gen(function* () {
  const sandbox = yield* Sandbox.start()
  const [team] = sandbox.credentials.serviceAccounts
  const [jo] = sandbox.credentials.bearers
  const environment = {
    PATH: process.env.PATH,
    HOME: yield* temporaryHome,
    ...sandbox.environment,
    TEAM_SECRET: team.secret,
    MP_CI_TOKEN: jo.token,
    WRONG_SECRET: "oops"
  }
  yield* Console.log(introduction(sandbox))
  const all = chapters(sandbox)
  yield* Effect.forEach(all, (one, index) => chapter(environment, index + 1, one), { discard: true })
  const steps = all.flatMap(({ steps }) => steps)
  yield* Console.log(bold(`All ${steps.length} commands did what they were to do.`))
}).pipe(
  Effect.scoped,
  Effect.tapError((error) => Console.error(error.message))
)

/** An interrupted demonstration has not succeeded. */
const teardown = (exit, end) => end(Exit.isSuccess(exit) ? 0 : 1)

NodeRuntime.runMain(demo, { disableErrorReporting: true, teardown })

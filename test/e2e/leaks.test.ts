/** Promise 11: no secret on stdout (but for `account token`), on stderr, in logs or in spans. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Console from "effect/Console"
import * as Exit from "effect/Exit"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import { describe, expect } from "vitest"
import { type SandboxFault, start } from "#src/layers/sandbox/Sandbox.ts"
import { configPath, type FullOutcome, home, runHere, type World } from "../support/inProcess.ts"
import { bridge, config, environment, found, secrets, tokens } from "../support/leaks.ts"
import { makeHome, runMp } from "../support/mp.ts"

const stdin = `${secrets.serverEcho}\n`

const commands: ReadonlyArray<ReadonlyArray<string>> = [
  ["account", "list"],
  ["account", "show"],
  ["account", "show", "me"],
  ["account", "show", "inline"],
  ["account", "test"],
  [
    "account",
    "add",
    "new",
    "--type",
    "service_account",
    "--region",
    "us",
    "--username",
    "u",
    "-p",
    "1",
    "--secret-stdin"
  ],
  ["account", "add", "new", "--type", "oauth_token", "--region", "us", "-p", "1", "--token-stdin"],
  ["account", "add", "new", "--type", "oauth_token", "--region", "us", "-p", "1", "--token-env", secrets.serverEcho],
  ["account", "add", "new", "--type", "oauth_token", "--region", "us", "-p", "1", secrets.serverEcho],
  ["account", "add", "team", "--type", "oauth_browser", "--region", "us"],
  ["account", "update", "team", "--secret-stdin"],
  ["account", "update", "inline", "--token-stdin"],
  ["account", "update", "me", "--secret-stdin"],
  ["account", "remove", "team"],
  ["account", "remove", "inline", "--force"],
  ["account", "use", "inline"],
  ["account", "rename", "team", "acme"],
  ["account", "rename", "team", secrets.serverEcho],
  ["workspace", "unset"],
  ["account", "token"],
  ["account", "token", "inline"],
  ["account", "token", "me"],
  ["account", "token", "ci"],
  ["project", "use", "5"],
  ["project", "show"],
  ["workspace", "use", "5"],
  ["workspace", "show"],
  ["target", "list"],
  ["target", "use", "ecom"],
  ["target", "add", "x", "-a", "team", "-p", "1"],
  ["target", "show", "ecom"],
  ["session"],
  ["session", "--explain"],
  ["status"],
  ["status", "--check"],
  ["-t", "ecom", "status"],
  ["logout", "me"],
  ["use", "ecom"],
  ["-t", "ecom", "session", "--explain"],
  ["-a", "nobody", "session"],
  ["account", "logout", "me"],
  ["account", "login", "team"],
  ["account", "export-bridge", "--to", "bridge.json"],
  ["account", "export-bridge", "--to", "bridge.json", "-a", "me", "-p", "5"],
  ["account", "remove-bridge"],
  ["project", "list"],
  ["workspace", "list", "--refresh"],
  ["login", "--service-account", "--secret-stdin"],
  ["login", "--token-env", secrets.serverEcho],
  ["login", "--token-env", "CI_TOKEN", "--region", "us"],
  ["config", "migrate", "--dry-run"],
  ["doctor"],
  ["doctor", "--offline"],
  ["doctor", "--report", "--offline"],
  ["config", "set", "custom_header.value", secrets.serverEcho],
  ["config", "set", "custom_header.value", "--secret-stdin"],
  ["config", "set", "project_secret", "--secret-stdin"],
  ["config", "set", "accounts.team.secret", secrets.serverEcho],
  ["config", "unset", "custom_header.value"],
  ["config", "path"],
  ["config", "show"],
  ["config", "check"],
  ...["team", "inline", "ci", "me"].flatMap((name) => [
    ["-a", name, "api", "/api/app/me"],
    ["-a", name, "inspect", "events"]
  ]),
  ["query", "segmentation", "-e", "Login", "--from", "2026-04-01", "--to", "2026-04-02"],
  ["api", "/api/2.0/export", "--field", "from_date=2026-04-01"]
]

const isOnline = (args: ReadonlyArray<string>): boolean =>
  args.some((word) => ["api", "inspect", "query", "test", "login", "logout", "--check"].includes(word)) ||
  (args[0] === "doctor" && !args.includes("--offline")) ||
  (args[1] === "list" && ["project", "workspace"].includes(args[0] ?? ""))

const formats = ["table", "json", "jsonl", "csv", "plain"]

/** Every span as it ends, with all that it carries. */
const recording = () => {
  const spans: Array<string> = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      const note = (...what: ReadonlyArray<unknown>) =>
        void spans.push(what.map((item) => inspect(item, { depth: 9 })).join(" "))
      return {
        _tag: "Span",
        name,
        spanId: "s",
        traceId: "t",
        parent,
        context,
        links,
        kind,
        sampled: true,
        attributes,
        status: { _tag: "Started", startTime },
        attribute: (key, value) => void attributes.set(key, value),
        event: (event, _, values) => note(event, values),
        addLinks: () => undefined,
        end: (_, exit) => note(name, [...attributes], Exit.isFailure(exit) ? exit : "")
      }
    },
    context: (run) => run()
  })
  return { spans, tracer }
}

/** Everything that a run lets out, wherever. */
interface Everything {
  readonly outcome: FullOutcome
  readonly logs: ReadonlyArray<string>
  readonly spans: ReadonlyArray<string>
}

const everything = (args: ReadonlyArray<string>, world: World): Effect.Effect<Everything> =>
  Effect.gen(function* () {
    const { spans, tracer } = recording()
    const logs: Array<string> = []
    const log = (...words: ReadonlyArray<unknown>) => void logs.push(words.map((word) => inspect(word)).join(" "))
    const current = yield* Console.consoleWith(Effect.succeed)
    const console: Console.Console = {
      ...current,
      error: (...words) => Effect.sync(() => log(...words)),
      log: (...words) => Effect.sync(() => log(...words)),
      unsafe: { ...current.unsafe, error: log, log, warn: log, info: log, debug: log }
    }
    const outcome = yield* runHere(args, { stdin, ...world }).pipe(
      Effect.withTracer(tracer),
      Effect.withConsole(console)
    )
    return { outcome, logs, spans }
  })

const showsBearer = (args: ReadonlyArray<string>): boolean => args.includes("token") && args.includes("account")

/** The secrets that a run let out, where none may be. */
const leaked = (args: ReadonlyArray<string>, { logs, outcome, spans }: Everything): ReadonlyArray<string> => [
  ...(showsBearer(args) ? [] : found(outcome.stdout).map((name) => `stdout: ${name}`)),
  ...found(outcome.stderr).map((name) => `stderr: ${name}`),
  ...found(logs.join("\n")).map((name) => `log: ${name}`),
  ...found(spans.join("\n")).map((name) => `span: ${name}`)
]

const files = { [configPath]: config, [`${home}/.mp/accounts/me/tokens.json`]: tokens }

const identities: Readonly<Record<string, World>> = {
  configuration: { files, env: environment },
  "service account of the environment": {
    files,
    env: {
      ...environment,
      MP_USERNAME: "env-user",
      MP_SECRET: secrets.environmentSecret,
      MP_PROJECT_ID: "3018488",
      MP_REGION: "us"
    }
  },
  "half of one": { files, env: { ...environment, MP_SECRET: secrets.environmentSecret } },
  "bearer of the environment": {
    files,
    env: { ...environment, MP_OAUTH_TOKEN: secrets.environmentToken, MP_PROJECT_ID: "3018488", MP_REGION: "us" }
  },
  bridge: { files: { ...files, [`${home}/.claude/mixpanel/auth.json`]: bridge }, env: environment }
}

const brokenFiles: Readonly<Record<string, World["files"]>> = {
  "no TOML, at the secret": { [configPath]: config.replace(`${secrets.configSecret}"`, secrets.configSecret) },
  "an unknown key with a secret": {
    [configPath]: config.replace("username", `colour = "${secrets.configSecret}"\nusername`)
  },
  "a secret in a list": { [configPath]: config.replace(`"${secrets.configSecret}"`, `["${secrets.configSecret}"]`) },
  "a secret as the region": { [configPath]: config.replace('region = "us"', `region = "${secrets.configSecret}"`) },
  "no JSON in tokens.json": { ...files, [`${home}/.mp/accounts/me/tokens.json`]: tokens.slice(0, -2) },
  "no JSON in the bridge": { ...files, [`${home}/.claude/mixpanel/auth.json`]: bridge.slice(0, -1) },
  "a wrong type in the bridge": {
    ...files,
    [`${home}/.claude/mixpanel/auth.json`]: bridge.replace('"version":2', `"version":"${secrets.bridgeRefreshToken}"`)
  }
}

/** Answers that quote what was sent, or are broken in other ways. `api` shows bodies as they are. */
const faults: Readonly<Record<string, (echo: string) => SandboxFault>> = {
  "401": (echo) => ({ path: "/", status: 401, body: { error: `bad credential ${echo}` } }),
  "403": (echo) => ({ path: "/", status: 403, body: { error: echo } }),
  "400, as text": (echo) => ({ path: "/", status: 400, body: echo }),
  "400, cut in a secret": (echo) => ({ path: "/", status: 400, body: { error: `${"x".repeat(490)}${echo}` } }),
  "500": (echo) => ({ path: "/", status: 500, body: { error: echo }, ...always }),
  "429": (echo) => ({ path: "/", status: 429, body: { error: echo }, headers: { "retry-after": "0" }, ...always }),
  "200, as HTML": (echo) => ({ path: "/", status: 200, body: `<html>${echo}` }),
  "200, of another shape": (echo) => ({ path: "/", status: 200, body: { [echo]: { [echo]: [echo] } } }),
  "302": (echo) => ({
    path: "/",
    status: 302,
    headers: { location: `https://evil.example/?q=${encodeURIComponent(echo)}` }
  }),
  reset: () => ({ path: "/", reset: true, ...always }),
  "cut off": () => ({ path: "/", truncate: 5, ...always })
}

const always = { times: Number.POSITIVE_INFINITY }

/** What the server can know, because it was sent. */
const sent = {
  team: [
    secrets.configSecret,
    Buffer.from(`team-user:${secrets.configSecret}`).toString("base64"),
    secrets.settingsHeader,
    secrets.environmentHeader
  ].join(" "),
  inline: `Bearer ${secrets.inlineToken}`,
  ci: `Bearer ${secrets.variableToken}`
}

const withUrl = (world: World, env: Readonly<Record<string, string>>): World => ({
  ...world,
  env: { ...world.env, ...env }
})

describe("no secret gets out", () => {
  it("the search finds every disguise", () => {
    const basic = Buffer.from(`some-user:${secrets.configSecret}`).toString("base64")
    expect(found(`x ${basic} y`)).toEqual(["configSecret"])
    expect(found(encodeURIComponent(`?a=${secrets.inlineToken}`))).toEqual(["inlineToken"])
    expect(found(JSON.stringify({ a: [secrets.bridgeHeader] }))).toEqual(["bridgeHeader"])
    expect(found("LEAK")).toEqual([])
  })

  it.live.each(Object.keys(identities))("with the identity: %s", (name) =>
    Effect.scoped(
      Effect.gen(function* () {
        const sandbox = yield* start({ oauth: false })
        const world = withUrl(identities[name] ?? {}, sandbox.environment)
        const leaks: Array<unknown> = []
        let spans = 0
        for (const [index, command] of commands.entries()) {
          const shown = name === "configuration" && !isOnline(command) ? formats : [formats[index % 5] ?? "json"]
          for (const [turn, format] of shown.entries()) {
            const verbose = (index + turn) % 2 === 0 ? ["--verbose"] : []
            const args = [...command, ...verbose, "--format", format]
            const all = yield* everything(args, world)
            spans += all.spans.length
            const hits = leaked(args, all)
            if (hits.length > 0) leaks.push({ args, hits })
          }
        }
        expect(leaks).toEqual([])
        expect(spans).toBeGreaterThan(30)
      })
    )
  )

  it.live.each(Object.keys(brokenFiles))("with a broken file: %s", (name) =>
    Effect.gen(function* () {
      const world: World = { files: brokenFiles[name] ?? {}, env: environment }
      const leaks: Array<unknown> = []
      for (const [index, command] of commands.entries()) {
        if (isOnline(command) || command.includes("show")) continue
        const args = [...command, "--verbose", "--format", index % 2 === 0 ? "json" : "table"]
        const hits = leaked(args, yield* everything(args, world))
        if (hits.length > 0) leaks.push({ args, hits })
      }
      expect(leaks).toEqual([])
    })
  )

  it.live.each(Object.keys(faults))("with the answer: %s", (name) =>
    Effect.scoped(
      Effect.gen(function* () {
        const sandbox = yield* start({ oauth: false })
        const world = withUrl(identities["configuration"] ?? {}, sandbox.environment)
        const leaks: Array<unknown> = []
        for (const [account, command] of [
          ["team", ["-a", "team", "inspect", "events"]],
          ["inline", ["-a", "inline", "account", "test"]],
          ["ci", ["login", "--token-env", "CI_TOKEN", "--region", "us"]]
        ] as const) {
          yield* sandbox.clearScript
          yield* sandbox.script(
            ...Object.values({ fault: faults[name]?.(sent[account]) }).filter((fault) => fault !== undefined)
          )
          const args = [...command, "--verbose", "--format", account === "inline" ? "table" : "json"]
          const all = yield* everything(args, world)
          expect(all.outcome.stderr + all.outcome.stdout).not.toBe("")
          const hits = leaked(args, all)
          if (hits.length > 0) leaks.push({ args, hits })
        }
        expect(leaks).toEqual([])
      })
    )
  )

  it.live("with a proxy that is not there, or is no address", () =>
    Effect.gen(function* () {
      const leaks: Array<unknown> = []
      for (const address of [
        "http://u:PASS@127.0.0.1:9",
        "u:PASS@127.0.0.1:9",
        "socks9://u:PASS@x",
        "http://u:PASS%@x"
      ]) {
        const args = ["inspect", "events", "--verbose"]
        const proxy = address.replace("PASS", secrets.proxyPassword)
        const world = withUrl(identities["configuration"] ?? {}, { HTTPS_PROXY: proxy, HTTP_PROXY: proxy })
        const all = yield* everything(args, world)
        expect(all.outcome.code).not.toBe(0)
        const hits = leaked(args, all)
        if (hits.length > 0) leaks.push({ address, hits })
      }
      expect(leaks).toEqual([])
    })
  )

  it.live("through the real mp", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const sandbox = yield* start({
          oauth: false,
          faults: [{ path: "/api/query", status: 400, body: { error: sent.team } }]
        })
        const root = yield* makeHome({ ".mp/config.toml": config, ".mp/accounts/me/tokens.json": tokens })
        const env = { ...environment, ...sandbox.environment }
        const runs = [
          ["config", "show", "--verbose"],
          ["session", "--explain", "--verbose", "--format", "json"],
          ["inspect", "events", "--verbose"],
          ["account", "show", "me", "--verbose"],
          ["account", "update", "team", "--secret-stdin", "--verbose"],
          ["account", "add", "x", "--type", "oauth_token", "--token-env", secrets.serverEcho]
        ]
        const outcomes = yield* Effect.forEach(runs, (args) => runMp(args, { home: root, env, stdin }), {
          concurrency: 3
        })
        expect(outcomes.map(({ stderr, stdout }) => found(stdout + stderr))).toEqual(runs.map(() => []))
      })
    )
  )
})

describe("account token", () => {
  it.live.each([
    { name: "inline", bearer: secrets.inlineToken },
    { name: "ci", bearer: secrets.variableToken },
    { name: "me", bearer: secrets.accessToken }
  ])("$name: the bearer alone on one line, and no other secret", ({ bearer, name }) =>
    Effect.gen(function* () {
      const { outcome } = yield* everything(["account", "token", name], { files, env: environment })
      expect(outcome).toMatchObject({ code: 0, stdout: `${bearer}\n`, stderr: "" })
      expect(found(outcome.stdout)).toHaveLength(1)
    })
  )

  it.live("a service account has none to show", () =>
    Effect.gen(function* () {
      const { outcome } = yield* everything(["account", "token", "team"], { files })
      expect(outcome.stdout).toBe("N/A\n")
    })
  )
})

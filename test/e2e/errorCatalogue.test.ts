/**
 * Every error code of the contract, as the command line tells it: exit code, source, and what mends it. One more needs a
 * process of their own: OUTPUT_NOT_WRITTEN (`output.test.ts`).
 */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { describe, expect } from "vitest"
import { type SandboxFault, start } from "#src/layers/sandbox/Sandbox.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { configPath, type FullOutcome, runHere, type World } from "../support/inProcess.ts"

interface Row {
  readonly error: string
  readonly code: number
  readonly args: ReadonlyArray<string>
  /** What the message names. */
  readonly source: ReadonlyArray<string>
  /** The first hint, or a part of it; `null` where nothing mends it. */
  readonly fix: string | null
  readonly details?: Readonly<Record<string, unknown>>
  readonly fault?: SandboxFault
  readonly env?: Readonly<Record<string, string>>
  readonly config?: string
}

const config = `[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "team.292e7c.mp-service-account"
secret = "sandbox-secret-team"

[accounts.me]
type = "oauth_browser"
region = "eu"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3018488"
token_env = "CI_TOKEN"

[active]
account = "team"

[targets.ecom]
account = "team"
project = "3018488"
`

const app = "/api/app"
const events = "/api/query/events"
const always = { times: Number.POSITIVE_INFINITY }

const offline: ReadonlyArray<Row> = [
  {
    error: "CONFIG_ERROR",
    code: 1,
    args: ["account", "list"],
    config: "accounts = 3\n",
    source: [`${configPath}:1: \`[accounts]\` must be a table`],
    fix: "+1 ",
    details: { path: configPath, key: "accounts", line: 1, column: 1 }
  },
  {
    error: "ACCOUNT_NOT_FOUND",
    code: 4,
    args: ["-a", "nobody", "session"],
    source: ["'nobody' (from --account)", "Configured: ci, me, team."],
    fix: "mp session --account ci",
    details: { account: "nobody", origin: "--account", available: ["ci", "me", "team"] }
  },
  {
    error: "ACCOUNT_NOT_FOUND",
    code: 4,
    args: ["session"],
    env: { MP_ACCOUNT: "nobody" },
    source: ["'nobody' (from MP_ACCOUNT)"],
    fix: "unset MP_ACCOUNT"
  },
  {
    error: "ACCOUNT_EXISTS",
    code: 1,
    args: ["account", "add", "team", "--type", "oauth_browser", "--region", "us"],
    source: ["'team' already exists"],
    fix: "mp account use team"
  },
  {
    error: "ACCOUNT_IN_USE",
    code: 1,
    args: ["account", "remove", "team"],
    source: ["'team' is used by target ecom"],
    fix: "mp target remove ecom",
    details: { account: "team", referenced_by: ["ecom"] }
  },
  {
    error: "TARGET_NOT_FOUND",
    code: 4,
    args: ["-t", "nope", "session"],
    source: ["'nope' (from --target)", "Saved: ecom."],
    fix: "mp session --target ecom"
  },
  {
    error: "TARGET_NOT_FOUND",
    code: 4,
    args: ["target", "use", "nope"],
    source: ["'nope'"],
    fix: "mp target use ecom"
  },
  {
    error: "TARGET_EXISTS",
    code: 1,
    args: ["target", "add", "ecom", "-a", "team", "-p", "1"],
    source: ["'ecom' already exists"],
    fix: "mp target use ecom"
  },
  {
    error: "NO_ACCOUNT",
    code: 4,
    args: ["session"],
    config: "",
    env: { MP_USERNAME: "u" },
    source: ["MP_USERNAME is not used: MP_SECRET, MP_PROJECT_ID, MP_REGION are not set."],
    fix: "mp login"
  },
  {
    error: "NO_PROJECT",
    code: 4,
    args: ["-a", "me", "session"],
    source: ["'me' has no default project"],
    fix: "mp account update me --project ID",
    details: { account: "me", notes: [] }
  },
  {
    error: "INVALID_ARGUMENT",
    code: 3,
    args: ["project", "use", "x"],
    source: ["ID must be a string of digits"],
    fix: "mp project use ID"
  },
  {
    error: "OAUTH_TOKEN_ERROR",
    code: 2,
    args: ["account", "token", "me"],
    source: ["'me'", "/.mp/accounts/me/tokens.json"],
    fix: "mp account login me"
  },
  {
    error: "OAUTH_TOKEN_ERROR",
    code: 2,
    args: ["account", "token", "ci"],
    source: ["'ci'", "CI_TOKEN is not set"],
    fix: 'export CI_TOKEN="$TOKEN"',
    details: { account: "ci", variable: "CI_TOKEN" }
  }
]

const online: ReadonlyArray<Row> = [
  {
    error: "AUTH_FAILED",
    code: 2,
    args: ["inspect", "events"],
    fault: { path: events, status: 401, body: { error: "Invalid credentials" } },
    source: ["account 'team'", "401"],
    fix: "mp account update --secret-stdin team",
    details: { account: "team", status: 401 }
  },
  {
    error: "AUTH_FAILED",
    code: 2,
    args: ["-p", "4100077", "inspect", "events"],
    source: ["'team'", "project 4100077", "403"],
    fix: "--project ID"
  },
  {
    error: "AUTH_FAILED",
    code: 2,
    args: ["api", `${app}/me`],
    fault: { path: app, status: 403 },
    source: ["403"],
    fix: "--project ID"
  },
  {
    error: "RATE_LIMITED",
    code: 5,
    args: ["inspect", "events"],
    fault: { path: events, status: 429, headers: { "retry-after": "0" }, ...always },
    source: ["429"],
    fix: "sleep 0 && mp inspect events"
  },
  {
    error: "QUERY_FAILED",
    code: 1,
    args: ["inspect", "events"],
    fault: { path: events, status: 400, body: { error: "type is wrong" } },
    source: ["GET", `${events}/names (400): type is wrong`],
    fix: null,
    details: { status: 400, reason: "type is wrong" }
  },
  {
    error: "QUERY_FAILED",
    code: 4,
    args: ["api", `${app}/nowhere`],
    source: [`${app}/nowhere (404)`],
    fix: "mp api /api/app/me"
  },
  {
    error: "SERVER_ERROR",
    code: 1,
    args: ["inspect", "events"],
    fault: { path: events, status: 503, ...always },
    source: ["503"],
    fix: "sleep 60 && mp inspect events"
  },
  {
    error: "NETWORK_ERROR",
    code: 75,
    args: ["inspect", "events"],
    env: { MP_API_BASE_URL: "http://127.0.0.1:9" },
    source: ["127.0.0.1:9 could not be reached"],
    fix: "unset MP_API_BASE_URL"
  },
  {
    error: "INVALID_RESPONSE",
    code: 1,
    args: ["inspect", "events"],
    fault: { path: events, status: 200, headers: { "content-type": "text/html" }, body: "<html>" },
    source: ["200", "not valid JSON"],
    fix: "unset MP_API_BASE_URL"
  }
]

/** Whether an outcome tells the error as the contract wants it. */
const tells = (row: Row, { code, files, stderr, stdout }: FullOutcome, before: string, isBare = true) => {
  const last: unknown = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "")
  expect({ code, stderr }).toEqual({ code: row.code, stderr })
  expect(last).toMatchObject({ error: { code: row.error, details: row.details ?? {} } })
  for (const words of row.source) expect(stderr).toContain(words)
  const hints = JSON.stringify(Object(Object(last).error).hints)
  if (row.fix === null) expect(hints).toBe("[]")
  else expect(JSON.parse(hints)[0]).toContain(row.fix)
  expect(last).toMatchObject({ error: { details: { fix: JSON.parse(hints)[0] ?? null } } })
  if (isBare) expect(stdout).toBe("")
  // Queries are counted, also where the server refuses them.
  const others = Object.entries(files).filter(([path]) => !path.includes("/.mp/queries/"))
  expect(Object.fromEntries(others)).toEqual({ [configPath]: before })
}

describe("every error code", () => {
  it.effect.each([...offline])("$error: mp $args", (row) =>
    Effect.gen(function* () {
      const before = row.config ?? config
      const world: World = { files: { [configPath]: before }, ...(row.env === undefined ? {} : { env: row.env }) }
      tells(row, yield* runHere([...row.args, "--format", "json"], world), before)
    })
  )

  it.live("those of the network", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const sandbox = yield* start({ oauth: false })
        for (const row of online) {
          yield* sandbox.clearScript
          if (row.fault !== undefined) yield* sandbox.script(row.fault)
          const world = { files: { [configPath]: config }, env: { ...sandbox.environment, ...row.env } }
          const outcome = yield* runHere([...row.args, "--format", "json"], world)
          tells(row, outcome, config, row.args[0] !== "api")
        }
      })
    )
  )

  it.effect("LOCK_TIMEOUT after 45 s, and nothing is written", () =>
    Effect.gen(function* () {
      const holding = Effect.flatMap(CredentialFiles, (files) =>
        Effect.forkDaemon(files.withLock(configPath)(() => Effect.never))
      )
      const running = yield* Effect.fork(
        runHere(["account", "use", "ci", "--format", "json"], {
          files: { [configPath]: config },
          prepare: Effect.zipRight(holding, Effect.yieldNow())
        })
      )
      yield* TestClock.adjust("44 seconds")
      expect((yield* Fiber.status(running))._tag).not.toBe("Done")
      yield* TestClock.adjust("2 seconds")
      const row: Row = {
        error: "LOCK_TIMEOUT",
        code: 75,
        args: [],
        source: [configPath, "45 s"],
        fix: "mp doctor --fix",
        details: { waited_ms: 45_000 }
      }
      tells(row, yield* Fiber.join(running), config)
    })
  )

  it("the table is complete", () => {
    const told = new Set([...offline, ...online, { error: "LOCK_TIMEOUT" }].map(({ error }) => error))
    expect([...told].sort()).toEqual(
      [
        "CONFIG_ERROR ACCOUNT_NOT_FOUND ACCOUNT_EXISTS ACCOUNT_IN_USE TARGET_NOT_FOUND TARGET_EXISTS NO_ACCOUNT",
        "NO_PROJECT INVALID_ARGUMENT AUTH_FAILED RATE_LIMITED QUERY_FAILED SERVER_ERROR NETWORK_ERROR",
        "INVALID_RESPONSE LOCK_TIMEOUT OAUTH_TOKEN_ERROR"
      ]
        .join(" ")
        .split(" ")
        .sort()
    )
  })
})

/** `session`, `account token` and `api` agree with the contract's table, over generated worlds. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { describe, expect } from "vitest"
import { defaultData, start } from "#src/layers/sandbox/Sandbox.ts"
import { runHere } from "../support/inProcess.ts"
import { makeHome, runMp } from "../support/mp.ts"
import {
  type Asked,
  authorizations,
  bridgeJsonOf,
  bridges,
  configTextOf,
  configurations,
  environmentOf,
  environments,
  expected,
  rules,
  hereJsonOf,
  type Expected,
  type Sources
} from "../support/precedence.ts"

/** What the command line and the two variables that stand in for flags say. */
interface Line {
  readonly flags: Asked
  readonly MP_ACCOUNT?: Asked["account"]
  readonly MP_TARGET?: Asked["target"]
}

type Case = Line & Omit<Sources, "asked">

const flagNames = { account: "--account", project: "--project", workspace: "--workspace", target: "--target" } as const
const shortNames = { account: "-a", project: "-p", workspace: "-w", target: "-t" } as const

const flagWords = (flags: Asked, names: typeof flagNames | typeof shortNames): ReadonlyArray<string> =>
  Object.entries(flags).flatMap(([axis, value]) =>
    axis === "account" || axis === "project" || axis === "workspace" || axis === "target"
      ? [names[axis], String(value)]
      : []
  )

/** The contract's rules for `MP_ACCOUNT` and `MP_TARGET`: defaults of flags, and nothing more. */
const askedOf = ({ MP_ACCOUNT, MP_TARGET, flags }: Line): Asked | "INVALID_ARGUMENT" => {
  const hasAxis = flags.account !== undefined || flags.project !== undefined || flags.workspace !== undefined
  if (flags.target !== undefined) return hasAxis ? "INVALID_ARGUMENT" : { target: flags.target }
  if (hasAxis) return { ...(MP_ACCOUNT === undefined ? {} : { account: MP_ACCOUNT }), ...flags }
  if (MP_ACCOUNT !== undefined && MP_TARGET !== undefined) return "INVALID_ARGUMENT"
  if (MP_TARGET !== undefined) return { target: MP_TARGET }
  return MP_ACCOUNT === undefined ? {} : { account: MP_ACCOUNT }
}

const modelOf = (world: Case): Expected | "INVALID_ARGUMENT" => {
  const asked = askedOf(world)
  return asked === "INVALID_ARGUMENT"
    ? asked
    : expected(
        { ...world, asked },
        {
          account: world.flags.account === undefined ? "MP_ACCOUNT" : "--account",
          project: "--project",
          workspace: "--workspace"
        }
      )
}

const maybe = <K extends string, V>(key: K, values: ReadonlyArray<V>) =>
  fc.oneof(fc.constant({}), fc.constantFrom(...values.map((value) => ({ [key]: value }))))

const accounts = ["main", "other", "ghost"] as const
const targets = ["full", "same", "away", "ghost"] as const

const anyFlags: fc.Arbitrary<Asked> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(maybe("account", accounts), maybe("project", ["12", "15"]), maybe("workspace", [22]))
      .map(([a, p, w]) => ({ ...a, ...p, ...w }))
  },
  { weight: 2, arbitrary: fc.constantFrom(...targets).map((target) => ({ target })) },
  { weight: 1, arbitrary: fc.constantFrom(...targets).map((target) => ({ target, project: "12" as const })) }
)

const anyCase: fc.Arbitrary<Case> = fc
  .tuple(
    anyFlags,
    maybe("MP_ACCOUNT", accounts),
    maybe("MP_TARGET", targets),
    fc.constantFrom(...environments),
    fc.constantFrom(...bridges),
    fc.constantFrom(...bridges),
    fc.constantFrom(...rules),
    fc.constantFrom(...configurations)
  )
  .map(([flags, account, target, variables, bridge, here, rule, configuration]) => ({
    flags,
    ...account,
    ...target,
    ...variables,
    bridge,
    here,
    rule,
    ...configuration
  }))

/** A Mixpanel that knows every credential of the worlds. */
const sandbox = start({
  oauth: false,
  data: {
    ...defaultData,
    serviceAccounts: [
      { username: "main-user", secret: "main-secret-value", userId: 42 },
      { username: "env-user", secret: "env-secret-value", userId: 42 }
    ],
    bearers: [
      { token: "other-bearer-value", userId: 42 },
      { token: "env-bearer-value", userId: 42 },
      { token: "bridge-bearer-value", userId: 42 },
      { token: "planted-bearer-value", userId: 42 }
    ]
  }
})

const worldOf = (world: Case, url: string) => {
  const sources: Sources = { ...world, asked: {} }
  const bridge = bridgeJsonOf(sources)
  const here = hereJsonOf(sources)
  return {
    files: {
      "~/.mp/config.toml": configTextOf(sources),
      ...(bridge === null ? {} : { "~/.claude/mixpanel/auth.json": JSON.stringify(bridge) }),
      ...(here === null ? {} : { "~/work/mixpanel_auth.json": JSON.stringify(here) })
    },
    env: {
      ...environmentOf(sources),
      ...(world.MP_ACCOUNT === undefined ? {} : { MP_ACCOUNT: world.MP_ACCOUNT }),
      ...(world.MP_TARGET === undefined ? {} : { MP_TARGET: world.MP_TARGET }),
      MP_API_BASE_URL: url
    }
  }
}

const exitOf: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 3,
  ACCOUNT_NOT_FOUND: 4,
  TARGET_NOT_FOUND: 4,
  CONFIG_ERROR: 1,
  NO_ACCOUNT: 4,
  NO_PROJECT: 4
}

const codeOf = (stderr: string): unknown => {
  const last = stderr.trimEnd().split("\n").at(-1) ?? ""
  const parsed: unknown = JSON.parse(last)
  return parsed
}

const noticesOf = (stderr: string): ReadonlyArray<string> =>
  stderr.split("\n").flatMap((text) => {
    if (text.startsWith("note: ")) return [text.slice(6)]
    return text.startsWith('{"note":') ? [String(Object(Object(JSON.parse(text)).note).message)] : []
  })

const failsWith = (code: string) => ({ error: expect.objectContaining({ code, hints: expect.any(Array) }) })

/** What a whole command line must come to. */
const wantedOf = (model: Expected | "INVALID_ARGUMENT") => {
  if (model === "INVALID_ARGUMENT") return { identity: model, session: model, notices: [] }
  const identity = "code" in model.identity ? model.identity.code : undefined
  return {
    identity,
    session: identity ?? ("code" in model.projectId ? model.projectId.code : undefined),
    notices: model.notices
  }
}

const expectNotices = (stderr: string, wanted: ReadonlyArray<ReadonlyArray<string>>) => {
  const notices = noticesOf(stderr)
  expect(notices).toHaveLength(wanted.length)
  wanted.forEach((words, index) =>
    words.forEach((word) =>
      expect(notices[index]?.replaceAll("/home/test", "")).toContain(word.replaceAll("/home/test", ""))
    )
  )
}

/** What did not resolve is explained all the same; a command line that contradicts itself is not looked into. */
const expectExplained = (model: Expected | "INVALID_ARGUMENT", stdout: string) => {
  if (model === "INVALID_ARGUMENT") return expect(stdout).toBe("")
  const { account, project, workspace } = model
  expect(JSON.parse(stdout)).toMatchObject({ account: null, project: null, explain: { account, project, workspace } })
}

/** A request, with the headers that only a bridge can have given. */
interface Sent {
  readonly url: string
  readonly authorization: string | undefined
  readonly lent: ReadonlyArray<string>
}

const sentOf = (url: string, headers: Readonly<Record<string, string | undefined>>): Sent => ({
  url,
  authorization: headers["authorization"],
  lent: ["X-Bridge", "X-Planted"].filter((name) => headers[name.toLowerCase()] !== undefined)
})

/** Checks what the three commands said against the model. */
const agree = (
  model: Expected | "INVALID_ARGUMENT",
  said: Readonly<Record<"session" | "token" | "api", { code: number; stdout: string; stderr: string }>>,
  sent: ReadonlyArray<Sent>
) => {
  const wanted = wantedOf(model)
  const { api, session, token } = said
  expect(session.code).toBe(wanted.session === undefined ? 0 : exitOf[wanted.session])
  expect(api.code).toBe(session.code)
  expect(token.code).toBe(wanted.identity === undefined ? 0 : exitOf[wanted.identity])
  for (const { stderr } of [session, api, token]) expectNotices(stderr, wanted.notices)
  if (wanted.session !== undefined) {
    expect(codeOf(session.stderr)).toEqual(failsWith(wanted.session))
    expect(codeOf(api.stderr)).toEqual(failsWith(wanted.session))
    expect(api.stdout).toBe("")
    expectExplained(model, session.stdout)
    expect(sent).toEqual([])
  }
  if (model === "INVALID_ARGUMENT" || "code" in model.identity) return
  const { name } = model.identity
  const authorization = authorizations[name] ?? ""
  expect(JSON.parse(token.stdout)).toMatchObject({
    account_name: name,
    token: authorization.startsWith("Bearer ") ? authorization.slice(7) : null
  })
  if ("code" in model.projectId) return
  const shown: unknown = JSON.parse(session.stdout)
  expect(shown).toMatchObject({
    account: { name },
    project: { id: model.projectId.id },
    workspace: model.workspaceId === null ? null : { id: Number(model.workspaceId) },
    headers: model.headers,
    explain: { account: model.account, project: model.project, workspace: model.workspace }
  })
  expect(sent).toEqual([{ url: `/api/app/me?project=${model.projectId.id}`, authorization, lent: model.headers }])
}

const words = {
  session: ["session", "--explain", "--format", "json"],
  token: ["account", "token", "--format", "json"],
  api: ["api", "/api/app/me", "--field", "project={project_id}", "--format", "json"]
} as const

const inWork = 'mkdir -p work && cd work && "$@"'

describe("one resolver for every command", () => {
  it.live("generated worlds, in this process", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* sandbox
        const cases = fc.sample(anyCase, { numRuns: 120, seed: 20_261_121 })
        const outcomes = new Set<number>()
        for (const world of cases) {
          const flags = flagWords(world.flags, flagNames)
          const place = worldOf(world, server.url)
          yield* server.clearRequests
          const session = yield* runHere([...flags, ...words.session], place)
          const token = yield* runHere([...words.token, ...flagWords(world.flags, shortNames)], place)
          const api = yield* runHere([...words.api, ...flags], place)
          const sent = yield* server.requests
          agree(
            modelOf(world),
            { session, token, api },
            sent.map(({ headers, url }) => sentOf(url, headers))
          )
          outcomes.add(session.code)
        }
        expect([...outcomes].sort()).toEqual([0, 1, 3, 4])
      })
    )
  )

  it.live("some of them, with the real mp", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* sandbox
        const cases = fc.sample(anyCase, { numRuns: 6, seed: 7 })
        for (const world of cases) {
          const { env, files } = worldOf(world, server.url)
          const home = yield* makeHome(
            Object.fromEntries(Object.entries(files).map(([path, text]) => [path.slice(2), text]))
          )
          const run = (args: ReadonlyArray<string>) =>
            Effect.map(
              runMp([...flagWords(world.flags, flagNames), ...args], { home, env, shell: inWork }),
              (outcome) => ({
                ...outcome,
                stdout: outcome.stdout.replaceAll(home, "/home/test"),
                stderr: outcome.stderr.replaceAll(home, "")
              })
            )
          yield* server.clearRequests
          const [session, token, api] = yield* Effect.all([run(words.session), run(words.token), run(words.api)], {
            concurrency: 3
          })
          const sent = yield* server.requests
          agree(
            modelOf(world),
            { session, token, api },
            sent.map(({ headers, url }) => sentOf(url, headers))
          )
        }
      })
    )
  )

  it.live("--quiet leaves the notices out", () =>
    Effect.gen(function* () {
      const place = { files: { "~/.mp/config.toml": "" }, env: { MP_USERNAME: "u" } }
      const loud = yield* runHere(["session"], place)
      expect(noticesOf(loud.stderr)).toEqual([
        "MP_USERNAME is not used: MP_SECRET, MP_PROJECT_ID, MP_REGION are not set."
      ])
      expect(noticesOf((yield* runHere(["session", "--quiet"], place)).stderr)).toEqual([])
    })
  )
})

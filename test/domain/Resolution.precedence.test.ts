/** Every combination of sources against the contract's table. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { decodeBridge, type BridgeSource, noBridges } from "#src/domain/session/BridgeFile.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import { noDirectories } from "#src/domain/session/DirectorySources.ts"
import { emptyEnvironment, parseEnvironment } from "#src/domain/session/Environment.ts"
import { type Candidate, type Resolution, resolve, toSession } from "#src/domain/session/Resolution.ts"
import { toOverrides } from "#src/domain/session/SessionRequest.ts"
import {
  askedForms,
  bridgeJsonOf,
  bridgePath,
  bridges,
  configPath,
  configTextOf,
  configurations,
  environmentOf,
  environments,
  expected,
  rulePlaces,
  rules,
  herePath,
  hereJsonOf,
  type Expected,
  type Row,
  type RuleForm,
  type Sources
} from "../support/precedence.ts"

const origins = { account: "--account", project: "--project", workspace: "--workspace", target: "--target" }

const nothing: Omit<Sources, "bridge" | "here" | "rule" | "active" | "pinned" | "mainDefault"> = {
  MP_USERNAME: false,
  MP_SECRET: false,
  MP_OAUTH_TOKEN: false,
  MP_REGION: false,
  MP_PROJECT_ID: false,
  MP_WORKSPACE_ID: false,
  asked: {}
}
const base: Sources = {
  ...nothing,
  bridge: null,
  here: null,
  rule: null,
  active: false,
  pinned: false,
  mainDefault: false
}

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)

const rowOf = ({ origin, source, status, value }: Candidate): Row => ({ source, origin, value, status })

const outcomeOf = (resolution: Resolution): Expected => ({
  account: resolution.explain.account.map(rowOf),
  project: resolution.explain.project.map(rowOf),
  workspace: resolution.explain.workspace.map(rowOf),
  identity: Either.match(resolution.identity, {
    onLeft: ({ code }) => ({ code }),
    onRight: ({ account }) => ({ name: account.name })
  }),
  projectId: Either.match(resolution.project, { onLeft: ({ code }) => ({ code }), onRight: (id) => ({ id }) }),
  workspaceId: Either.match(resolution.workspace, {
    onLeft: () => null,
    onRight: (id) => Option.getOrNull(Option.map(id, String))
  }),
  headers: Either.match(resolution.headers, { onLeft: () => [], onRight: Object.keys }),
  notices: []
})

const withoutWorkspaceOfLostTarget = (model: Expected): Expected => ({
  ...model,
  workspaceId: "code" in model.identity && model.identity.code === "TARGET_NOT_FOUND" ? null : model.workspaceId,
  notices: []
})

const reasonsFit = ({ explain }: Resolution): boolean =>
  Object.values(explain).every((rows) =>
    rows.every(({ reason, status }) =>
      status === "used"
        ? reason === null
        : status === "shadowed"
          ? reason?.endsWith("comes first") === true
          : reason !== null
    )
  )

const noticesFit = ({ notices }: Resolution, model: Expected): boolean =>
  notices.length === model.notices.length &&
  model.notices.every((words, index) => words.every((word) => notices[index]?.includes(word) === true))

/** The session itself: the first axis that failed, or all that resolved. */
const sessionFits = (resolution: Resolution, model: Expected): boolean =>
  Either.match(toSession(resolution), {
    onLeft: ({ code }) =>
      code === ("code" in model.identity ? model.identity.code : "code" in model.projectId && model.projectId.code),
    onRight: (session) =>
      "name" in model.identity &&
      session.account.name === model.identity.name &&
      "id" in model.projectId &&
      session.projectId === model.projectId.id &&
      Option.getOrNull(Option.map(session.workspaceId, String)) === model.workspaceId
  })

const noRule = { rule: null, config: Config.empty(configPath) }
const nothingHere = { here: null, source: Option.none<BridgeSource>() }

/**
 * Every seventh of the 105,984 combinations: 7 divides none of the axes' sizes, so every pair of sources
 * meets; the bridges of the working directory and the rules take turns. With 1 it is all of them.
 */
const stride = 7

describe("all combinations of sources", () => {
  const documents = configurations.map((configuration) => ({
    configuration,
    ruled: rules.map((rule) => ({
      rule,
      config: right(Config.parse(configPath, configTextOf({ ...base, ...configuration, rule })))
    }))
  }))
  const directories = {
    workingDirectory: Option.some(["/home/test/work", "/home/test", "/home", "/"]),
    places: new Map(Object.entries(rulePlaces).map(([path, leads]) => [path, { path: leads, isDirectory: true }]))
  }
  const sourceAt = (path: string, json: unknown): Option.Option<BridgeSource> =>
    json === null ? Option.none() : Option.some({ path, content: Either.right(right(decodeBridge(json))) })
  const loaded = bridges.map((bridge) => ({ bridge, source: sourceAt(bridgePath, bridgeJsonOf({ ...base, bridge })) }))
  const planted = bridges.map((here) => ({ here, source: sourceAt(herePath, hereJsonOf({ ...base, here })) }))
  const asks = askedForms.map((asked) => ({ asked, overrides: right(toOverrides({ ...asked, origins })) }))

  it.each(
    environments.map(
      (variables) => [Object.keys(environmentOf({ ...base, ...variables })).join(" "), variables] as const
    )
  )("[%s]", (_, variables) => {
    const values = environmentOf({ ...base, ...variables })
    const environment = right(parseEnvironment((name) => Option.fromNullable(values[name])))
    let combinations = -1
    for (const { asked, overrides } of asks) {
      for (const { bridge, source: chosen } of loaded) {
        for (const { configuration, ruled } of documents) {
          combinations += 1
          if (combinations % stride !== 0) continue
          const { here, source } = planted[(combinations / stride) % planted.length] ?? nothingHere
          const { config, rule } = ruled[(combinations / stride) % ruled.length] ?? noRule
          const sources: Sources = { ...variables, asked, bridge, here, rule, ...configuration }
          const resolution = resolve({
            overrides,
            environment,
            config,
            bridges: { ...noBridges, chosen, here: source },
            directories
          })
          const model = expected(sources, origins)
          const agrees =
            JSON.stringify(outcomeOf(resolution)) === JSON.stringify(withoutWorkspaceOfLostTarget(model)) &&
            reasonsFit(resolution) &&
            noticesFit(resolution, model) &&
            sessionFits(resolution, model)
          if (!agrees) {
            expect({ sources, ...outcomeOf(resolution), notices: resolution.notices }).toEqual({
              sources,
              ...withoutWorkspaceOfLostTarget(model),
              notices: model.notices
            })
            expect.fail(`the session or a reason is wrong: ${JSON.stringify({ sources, explain: resolution.explain })}`)
          }
        }
      }
    }
    expect(combinations).toBe(23 * 9 * 8 - 1)
  })
})

it("a process that is nowhere: where there are rules, nothing that one may decide is decided by what comes after them", () => {
  const rule: RuleForm = { at: "~/work", says: "project" }
  const config = right(Config.parse(configPath, configTextOf({ ...base, active: true, mainDefault: true, rule })))
  const nameFor = (account?: string) =>
    Either.match(
      resolve({
        overrides: right(toOverrides({ account })),
        environment: emptyEnvironment,
        config,
        bridges: noBridges,
        directories: noDirectories
      }).identity,
      { onLeft: ({ code }) => code, onRight: ({ account: found }) => found.name }
    )
  expect([nameFor(), nameFor("other")]).toEqual(["CONFIG_ERROR", "other"])
})

describe("headers of the session", () => {
  const header = (name: string, value: string) => `\n[settings.custom_header]\nname = "${name}"\nvalue = "${value}"\n`
  const cases = [false, true].flatMap((variable) =>
    [false, true].flatMap((setting) => [false, true].map((bridge) => ({ variable, setting, bridge })))
  )

  it.each(cases)("variable $variable, settings $setting, bridge $bridge: the later wins, whatever its case", (from) => {
    const config = right(
      Config.parse(
        configPath,
        configTextOf({ ...base, active: true, mainDefault: true }) + (from.setting ? header("X-C", "s") : "")
      )
    )
    const environment = right(
      parseEnvironment((name) =>
        from.variable
          ? Option.fromNullable({ MP_CUSTOM_HEADER_NAME: "x-c", MP_CUSTOM_HEADER_VALUE: "v" }[name])
          : Option.none()
      )
    )
    const json = {
      version: 2,
      account: { name: "b", type: "oauth_token", region: "us", token: "t" },
      headers: { "X-c": "b" }
    }
    const chosen = from.bridge
      ? Option.some({ path: bridgePath, content: Either.right(right(decodeBridge(json))) })
      : Option.none()
    const bridges = { ...noBridges, chosen }
    const resolved = resolve({
      overrides: right(toOverrides({})),
      environment,
      config,
      bridges,
      directories: noDirectories
    })
    const headers = Object.entries(right(resolved.headers)).map(([name, value]) => [name, Redacted.value(value)])
    const winner = from.bridge ? ["X-c", "b"] : from.setting ? ["X-C", "s"] : from.variable ? ["x-c", "v"] : undefined
    expect(headers).toEqual(winner === undefined ? [] : [winner])
  })
})

import { command } from "#src/domain/hints/Command.ts"
import { it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { describe, expect } from "vitest"
import type { Session } from "#src/domain/session/Session.ts"
import { FileError } from "#src/domain/errors.ts"
import { configPath, home, layer, type MemoryWorld } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { layer as activeSessions } from "#src/services/config/ActiveSessions.ts"
import { ConfigStore } from "#src/services/config/ConfigStore.ts"
import { layer as targets } from "#src/services/config/Targets.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { CurrentSession, type SessionSwitch } from "#src/services/session/CurrentSession.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"

const account = (name: string, more: string) => `[accounts.${name}]\ntype = "service_account"\nregion = "us"\n${more}\n`
const config = `${account("team", 'default_project = "1"\nusername = "u"\nsecret = "s"')}
${account("other", 'default_project = "2"\nusername = "o"\nsecret = "s2"')}
${account("bare", 'username = "b"\nsecret = "s3"')}
[accounts.me]
type = "oauth_browser"
region = "eu"
default_project = "4"

[accounts.ci]
type = "oauth_token"
region = "in"
default_project = "5"
token_env = "CI_TOKEN"

[accounts.broken]
type = "nonsense"

[active]
account = "team"
workspace = 11

[targets.ecom]
account = "other"
project = "22"
workspace = 33

[targets.plain]
account = "team"
project = "1"

[targets.lost]
account = "gone"
project = "9"

[settings.custom_header]
name = "X-First"
value = "v"
`
const quad = { MP_USERNAME: "e", MP_SECRET: "es", MP_PROJECT_ID: "77", MP_REGION: "eu" }

const world = (more: MemoryWorld = {}) => {
  const machine = layer({ ...more, files: { "~/.mp/config.toml": config, ...more.files } })
  return Layer.provideMerge(CurrentSession.layer(), machine)
}

const shape = ({ account, projectId, workspaceId }: Session) => [account.name, projectId, Option.getOrNull(workspaceId)]
const use = (to: SessionSwitch) => Effect.flatMap(CurrentSession, (current) => current.use(to))
const now = Effect.flatMap(CurrentSession, ({ get }) => Effect.map(get, shape))
const fileText = Effect.flatMap(MemoryFilesControl, ({ snapshot }) =>
  Effect.map(snapshot, (files) => files[configPath] ?? "")
)

const bridgeOfB = JSON.stringify({
  version: 2,
  account: { name: "b", type: "service_account", region: "us", username: "x", secret: "y" },
  project: "66",
  workspace: 67,
  headers: { "X-Bridge": "h" }
})

describe("use", () => {
  it.effect.each<{ to: SessionSwitch; env?: Record<string, string>; becomes: ReadonlyArray<unknown> }>([
    { to: { account: "other" }, becomes: ["other", "2", null] },
    { to: { account: "team" }, becomes: ["team", "1", null] },
    { to: { account: "other", project: "8", workspace: 9 }, becomes: ["other", "8", 9] },
    { to: { account: "bare", project: "8" }, becomes: ["bare", "8", null] },
    { to: { project: "8" }, becomes: ["team", "8", null] },
    { to: { project: "1" }, becomes: ["team", "1", null] },
    { to: { project: "8", workspace: 9 }, becomes: ["team", "8", 9] },
    { to: { workspace: 9 }, becomes: ["team", "1", 9] },
    { to: { target: "ecom" }, becomes: ["other", "22", 33] },
    { to: {}, becomes: ["team", "1", 11] },
    { to: { account: "ci" }, env: { CI_TOKEN: "t" }, becomes: ["ci", "5", null] },
    { to: { account: "other" }, env: { MP_WORKSPACE_ID: "6" }, becomes: ["other", "2", 6] },
    { to: { account: "other", workspace: 9 }, env: { MP_WORKSPACE_ID: "6" }, becomes: ["other", "2", 9] },
    { to: { project: "8" }, env: { MP_WORKSPACE_ID: "6", MP_PROJECT_ID: "7" }, becomes: ["team", "8", null] },
    { to: { account: "other", project: "8" }, env: quad, becomes: ["other", "77", null] },
    { to: { account: "bare" }, env: quad, becomes: ["bare", "77", null] },
    { to: { target: "ecom" }, env: quad, becomes: ["env-service-account", "77", 33] }
  ])("$to with $env becomes $becomes", ({ becomes, env, to }) =>
    Effect.gen(function* () {
      expect(shape(yield* use(to))).toEqual(becomes)
      expect(yield* now).toEqual(becomes)
      expect(yield* fileText).toBe(config)
    }).pipe(Effect.provide(world({ environment: env ?? {} })))
  )

  it.effect("takes nothing from a bridge for another account, and stays with the headers of the first session", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      yield* control.plant(`${home}/.claude/mixpanel/auth.json`, bridgeOfB)
      const switched = yield* use({ account: "other" })
      expect(shape(switched)).toEqual(["other", "2", null])
      const headers = Object.entries(switched.headers).map(([name, value]) => [name, Redacted.value(value)])
      expect(headers).toEqual([["X-First", "v"]])
      expect(Object.keys((yield* use({ target: "ecom" })).headers)).toEqual(["X-First"])
    }).pipe(Effect.provide(world()))
  )

  it.effect("leaves a bridge's project, workspace and headers behind with its account", () =>
    Effect.gen(function* () {
      const first = yield* Effect.flatMap(CurrentSession, ({ get }) => get)
      expect([...shape(first), ...Object.keys(first.headers)]).toEqual(["b", "66", 67, "X-First", "X-Bridge"])
      const switched = yield* use({ account: "other" })
      expect([...shape(switched), ...Object.keys(switched.headers)]).toEqual(["other", "2", null, "X-First"])
    }).pipe(
      Effect.provide(CurrentSession.layer()),
      Effect.provide(layer({ files: { "~/.mp/config.toml": config, "~/.claude/mixpanel/auth.json": bridgeOfB } }))
    )
  )

  it.effect.each<{ to: SessionSwitch; tag: string }>([
    { to: { account: "nobody" }, tag: "AccountNotFound" },
    { to: { account: "broken" }, tag: "ConfigError" },
    { to: { account: "bare" }, tag: "NoProject" },
    { to: { account: "me" }, tag: "OAuthTokenError" },
    { to: { account: "ci" }, tag: "OAuthTokenError" },
    { to: { target: "lost" }, tag: "AccountNotFound" },
    { to: { target: "nope" }, tag: "TargetNotFound" },
    { to: { target: "ecom", project: "1" }, tag: "InvalidArgument" },
    { to: { project: "x" }, tag: "InvalidArgument" },
    { to: { workspace: 0 }, tag: "InvalidArgument" },
    { to: { account: "nobody", persist: true }, tag: "AccountNotFound" }
  ])("$to fails with $tag and leaves session and file", ({ tag, to }) =>
    Effect.gen(function* () {
      const current = yield* CurrentSession
      const before = yield* current.get
      expect((yield* Effect.flip(current.use(to)))._tag).toBe(tag)
      expect(yield* current.get).toBe(before)
      expect(yield* fileText).toBe(config)
    }).pipe(Effect.provide(world()))
  )
})

describe("persist", () => {
  const activeOf = (text: string) => text.slice(text.indexOf("[active]"), text.indexOf("[targets.ecom]")).trim()
  const projectOf = (name: string, text: string) =>
    /default_project = "(\d+)"/.exec(text.slice(text.indexOf(`[accounts.${name}]`)).split("\n\n")[0] ?? "")?.[1]

  it.effect.each<{
    to: SessionSwitch
    env?: Record<string, string>
    active: string
    project?: readonly [string, string | undefined]
  }>([
    { to: { account: "other" }, active: 'account = "other"', project: ["other", "2"] },
    { to: { account: "other", project: "8", workspace: 9 }, active: 'account = "other"\nworkspace = 9' },
    { to: { project: "8" }, active: 'account = "team"', project: ["team", "8"] },
    { to: { workspace: 9 }, active: 'account = "team"\nworkspace = 9', project: ["team", "1"] },
    { to: { target: "ecom" }, active: 'account = "other"\nworkspace = 33', project: ["other", "22"] },
    { to: { target: "plain" }, active: 'account = "team"', project: ["team", "1"] },
    {
      to: { account: "other" },
      env: { MP_PROJECT_ID: "7", MP_WORKSPACE_ID: "6" },
      active: 'account = "other"',
      project: ["other", "2"]
    },
    {
      to: { account: "other", workspace: 9 },
      env: { MP_PROJECT_ID: "7" },
      active: 'account = "other"',
      project: ["other", "2"]
    },
    {
      to: { account: "other", workspace: 9 },
      env: { MP_PROJECT_ID: "2" },
      active: 'account = "other"\nworkspace = 9',
      project: ["other", "2"]
    }
  ])("of $to with $env leaves [active] $active", ({ active, env, project, to }) =>
    Effect.gen(function* () {
      const session = yield* use({ ...to, persist: true })
      const text = yield* fileText
      expect(activeOf(text)).toBe(`[active]\n${active}`)
      if (project !== undefined) expect(projectOf(project[0], text)).toBe(project[1])
      expect(yield* now).toEqual(shape(session))
    }).pipe(Effect.provide(world({ environment: env ?? {} })))
  )

  it.effect("alone keeps what earlier switches made of the session", () =>
    Effect.gen(function* () {
      yield* use({ account: "other" })
      yield* use({ project: "8", workspace: 9 })
      yield* use({ persist: true })
      const text = yield* fileText
      expect(activeOf(text)).toBe('[active]\naccount = "other"\nworkspace = 9')
      expect(projectOf("other", text)).toBe("8")
    }).pipe(Effect.provide(world()))
  )

  it.effect.each<SessionSwitch>([{ project: "8" }, { target: "ecom" }, {}])(
    "of an account from the environment is refused before anything changes: %j",
    (to) =>
      Effect.gen(function* () {
        const before = yield* now
        expect((yield* Effect.flip(use({ ...to, persist: true })))._tag).toBe("InvalidArgument")
        expect(yield* now).toEqual(before)
        expect(yield* fileText).toBe(config)
      }).pipe(Effect.provide(world({ environment: quad })))
  )

  it.effect("that cannot be written is no switch", () =>
    Effect.gen(function* () {
      const full = new FileError({ path: configPath, problem: "no_space", reason: "has no room", fix: command`df -h` })
      const control = yield* MemoryFilesControl
      const before = yield* now
      yield* control.obstruct(configPath, full)
      expect((yield* Effect.flip(use({ project: "8", persist: true })))._tag).toBe("ConfigError")
      yield* control.obstruct(configPath, null)
      expect(yield* now).toEqual(before)
    }).pipe(Effect.provide(world()))
  )

  it.effect("is one write", () =>
    Effect.gen(function* () {
      let writes = 0
      const store = yield* ConfigStore
      const counted = Layer.succeed(ConfigStore, {
        ...store,
        modify: (edit) =>
          Effect.zipRight(
            Effect.sync(() => void writes++),
            store.modify(edit)
          )
      })
      yield* use({ account: "other", project: "8", workspace: 9, persist: true }).pipe(
        Effect.provide(Layer.fresh(CurrentSession.layer())),
        Effect.provide(Layer.fresh(Layer.merge(activeSessions, targets))),
        Effect.provide(counted)
      )
      expect(writes).toBe(1)
      expect(activeOf(yield* fileText)).toBe('[active]\naccount = "other"\nworkspace = 9')
    }).pipe(Effect.provide(world()))
  )
})

describe("snapshots and changes", () => {
  it.effect("a snapshot stays what it was; changes tell every session once", () =>
    Effect.gen(function* () {
      const current = yield* CurrentSession
      const snapshot = yield* current.get
      const seen = yield* Deferred.make<void>()
      const watcher = yield* current.changes.pipe(
        Stream.tap(() => Deferred.succeed(seen, undefined)),
        Stream.take(3),
        Stream.runCollect,
        Effect.fork
      )
      yield* Deferred.await(seen)
      yield* current.use({})
      yield* current.use({ account: "other" })
      yield* Effect.ignore(current.use({ account: "nobody" }))
      yield* current.use({ project: "8" })
      const told = Chunk.toReadonlyArray(yield* Fiber.join(watcher))
      expect(told.map(shape)).toEqual([
        ["team", "1", 11],
        ["other", "2", null],
        ["other", "8", null]
      ])
      expect(shape(snapshot)).toEqual(["team", "1", 11])
    }).pipe(Effect.provide(world()))
  )

  it.effect("decodes the account that is asked for and no other", () =>
    Effect.gen(function* () {
      expect(shape(yield* use({ account: "a777" }))).toEqual(["a777", "777", null])
    }).pipe(
      Effect.provide(
        world({
          files: {
            "~/.mp/config.toml":
              config +
              Array.from({ length: 1000 }, (_, n) =>
                account(`a${n}`, n === 777 ? 'default_project = "777"\nusername = "u"\nsecret = "s"' : "colour = 5")
              ).join("\n")
          }
        })
      )
    )
  )
})

/** What a switch asks for, and whether its bearer comes at once, late, or never. */
const switches = FastCheck.array(
  FastCheck.record({
    to: FastCheck.record(
      {
        account: FastCheck.constantFrom("team", "other", "bare", "me", "ci", "broken"),
        project: FastCheck.constantFrom("1", "2", "8"),
        workspace: FastCheck.constantFrom(5, 6),
        persist: FastCheck.boolean()
      },
      { requiredKeys: [] }
    ),
    interruptAfter: FastCheck.option(FastCheck.nat({ max: 6 }))
  }),
  { minLength: 1, maxLength: 6 }
)

/** Every bearer takes some turns of the scheduler; that of `ci` never comes. */
const slowTokens = Layer.effect(
  TokenResolver,
  Effect.map(TokenResolver, (tokens) => ({
    ...tokens,
    bearer: (account, origin) =>
      Effect.zipRight(
        Effect.repeatN(Effect.yieldNow(), 3),
        account.name === "me"
          ? Effect.succeed({ token: Redacted.make("t"), expiresAt: Option.none() })
          : tokens.bearer(account, origin)
      )
  }))
)

const consistent = new Set(["team 1", "other 2", "me 4"])

describe("concurrent switches", () => {
  it.effect("happen in the order in which they are asked for, however long one takes", () =>
    Effect.gen(function* () {
      const current = yield* CurrentSession
      const slow = yield* Effect.fork(current.use({ account: "me" }))
      yield* Effect.yieldNow()
      const quick = yield* Effect.fork(current.use({ project: "8" }))
      expect(shape(yield* Fiber.join(slow))).toEqual(["me", "4", null])
      expect(shape(yield* Fiber.join(quick))).toEqual(["me", "8", null])
      expect(yield* now).toEqual(["me", "8", null])
    }).pipe(
      Effect.provide(Layer.fresh(CurrentSession.layer())),
      Effect.provide(slowTokens),
      Effect.provide(layer({ files: { "~/.mp/config.toml": config } }))
    )
  )

  it.effect("file and memory agree after an interruption while the file is written", () =>
    Effect.gen(function* () {
      const current = yield* CurrentSession
      const files = yield* CredentialFiles
      const held = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(files.withLock(configPath)(() => Deferred.await(held)))
      yield* Effect.yieldNow()
      const switching = yield* Effect.fork(current.use({ project: "8", persist: true }))
      yield* Effect.repeatN(Effect.yieldNow(), 20)
      expect(yield* now).toEqual(["team", "1", 11])
      const interrupting = yield* Effect.fork(Fiber.interrupt(switching))
      yield* Effect.yieldNow()
      yield* Deferred.succeed(held, undefined)
      yield* Fiber.join(holder)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(interrupting)
      const written = (yield* fileText).includes('default_project = "8"')
      expect([written, yield* now]).toEqual([true, ["team", "8", null]])
    }).pipe(Effect.provide(world()))
  )

  it.effect.prop(
    "one at a time, wholly or not at all; no workspace outlives its account or project",
    { plan: switches },
    ({ plan }) =>
      Effect.gen(function* () {
        const current = yield* CurrentSession
        const seen = new Array<ReadonlyArray<unknown>>()
        const subscribed = yield* Deferred.make<void>()
        const watcher = yield* current.changes.pipe(
          Stream.runForEach((session) =>
            Effect.zipRight(
              Effect.sync(() => seen.push(shape(session))),
              Deferred.succeed(subscribed, undefined)
            )
          ),
          Effect.fork
        )
        yield* Deferred.await(subscribed)
        const fibers = yield* Effect.forEach(plan, ({ interruptAfter, to }) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.fork(Effect.either(current.use(to)))
            if (interruptAfter === null) return fiber
            yield* Effect.repeatN(Effect.yieldNow(), interruptAfter)
            yield* Fiber.interruptFork(fiber)
            return fiber
          })
        )
        yield* Effect.forEach(fibers, Fiber.await)
        yield* Effect.repeatN(Effect.yieldNow(), 10)
        yield* Fiber.interrupt(watcher)
        expect(seen.at(-1)).toEqual(yield* now)
        const given = plan.map(({ to }) => to.project).filter((project) => project !== undefined)
        for (const [name, project, workspace] of seen) {
          if (!given.some((id) => id === project)) expect(consistent).toContain(`${name} ${project}`)
          if (workspace === 11) expect(`${name} ${project}`).toBe("team 1")
        }
        for (const [index, [name, project, workspace]] of seen.entries()) {
          const before = seen[index - 1]
          if (before === undefined || workspace === null || workspace === 11) continue
          expect(plan.some(({ to }) => to.workspace === workspace)).toBe(true)
          if (before[0] === name && before[1] === project) continue
          expect(
            plan.some(({ to }) => to.workspace === workspace && (to.account === name || to.project === project))
          ).toBe(true)
        }
      }).pipe(
        Effect.provide(Layer.fresh(CurrentSession.layer())),
        Effect.provide(slowTokens),
        Effect.provide(layer({ files: { "~/.mp/config.toml": config } }))
      ),
    { fastCheck: { numRuns: 60 } }
  )
})

/** The commands of `mp` in an app: below its own command, over its own services. */
import { describe, expect, it } from "@effect/vitest"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  account,
  canonicalArgv,
  exitCodeOf,
  Globals,
  globalFlags,
  mp,
  noGlobals,
  run,
  Terminal,
  toGlobals
} from "effect-mixpanel/cli"
import { layer, type ScriptedRequest } from "effect-mixpanel/testing"
import { withParserServices } from "#src/cli/app/command.ts"
import { silentTerminal } from "../support/silentTerminal.ts"

const files = {
  "~/.mp/config.toml": `[active]
account = "team"

[accounts.team]
type = "service_account"
region = "us"
default_project = "1"
username = "u"
secret = "s"
`
}

/** An app over a world in memory, with what it wrote and asked. */
const world = () => {
  const written = { out: "", err: "" }
  const asked: Array<ScriptedRequest> = []
  const http = (request: ScriptedRequest) => {
    asked.push(request)
    return {
      status: 200,
      body: JSON.stringify({ status: "ok", results: { user_id: 1, user_email: "jo@example.com" } })
    }
  }
  const terminal = Layer.succeed(Terminal, {
    ...silentTerminal,
    out: ({ value }) => Effect.sync(() => void (written.out += value)),
    err: ({ value }) => Effect.sync(() => void (written.err += value))
  })
  return { written, asked, services: Layer.merge(layer({ files, http }), terminal) }
}

const app = Command.make("app").pipe(
  Command.withSubcommands([
    Command.make("mixpanel", { globals: globalFlags }).pipe(
      Command.withSubcommands([account]),
      Command.provideEffect(Globals, ({ globals }) => toGlobals(globals))
    )
  ])
)

const runApp = (...words: ReadonlyArray<string>) =>
  withParserServices(Command.run(app, { name: "app", version: "0" })(["node", "app", ...words]))

describe("a group of mp in an app", () => {
  it.effect("works on the app's files, with the app's flags", () => {
    const { services, written } = world()
    return Effect.gen(function* () {
      yield* runApp("mixpanel", "--format", "json", "account", "list")
      expect(JSON.parse(written.out)).toMatchObject([{ name: "team", is_active: true }])
    }).pipe(Effect.provide(services))
  })

  it.effect("sends through the app's client, and loads none", () => {
    const { asked, services, written } = world()
    return Effect.gen(function* () {
      yield* runApp("mixpanel", "account", "test")
      expect(asked).not.toEqual([])
      expect(JSON.parse(written.out)).toMatchObject({ account_name: "team", ok: true })
    }).pipe(Effect.provide(services))
  })

  it.effect("fails with the library's errors", () => {
    const { services } = world()
    return Effect.gen(function* () {
      const error = yield* Effect.flip(runApp("mixpanel", "account", "use", "nobody"))
      expect(error).toMatchObject({ _tag: "AccountNotFound" })
      if (error._tag === "AccountNotFound") expect(exitCodeOf(error)).toBe(4)
    }).pipe(Effect.provide(services))
  })

  it.effect("needs no flags of mp: an app may say that none are given", () => {
    const { services, written } = world()
    const bare = Command.make("app").pipe(Command.withSubcommands([account]))
    return Effect.gen(function* () {
      yield* withParserServices(Command.run(bare, { name: "app", version: "0" })(["node", "app", "account", "show"]))
      expect(written.out).toContain("team")
    }).pipe(Effect.provideService(Globals, noGlobals), Effect.provide(services))
  })
})

describe("run", () => {
  it.effect("answers every command line with an exit code", () => {
    const { services, written } = world()
    return Effect.gen(function* () {
      expect(yield* run(["account", "show", "nobody"])).toBe(4)
      expect(yield* run(["account", "lits"])).toBe(3)
      expect(written.err).toContain("Did you mean 'list'?")
      expect(yield* run(["-fjson", "account", "list"])).toBe(0)
    }).pipe(Effect.provide(services))
  })

  it("has its check for those who parse by themselves", () => {
    expect(canonicalArgv(["account", "-fjson", "list"])).toMatchObject({
      right: { argv: ["--format", "json", "account", "list"] }
    })
  })
})

it.effect("a command leaves the services of the app as they were", () => {
  const { services } = world()
  return withParserServices(
    Effect.gen(function* () {
      const before = yield* Effect.context<never>()
      yield* Command.run(mp, { name: "mp", version: "0" })(["node", "mp", "account", "list"])
      yield* run(["account", "list"])
      yield* run(["account", "lost"])
      yield* run(["__complete", "--", "acc"])
      const after = yield* Effect.context<never>()
      const changed = [...after.unsafeMap].filter(([key, service]) => before.unsafeMap.get(key) !== service)
      expect(changed.map(([key]) => key)).toEqual([])
    })
  ).pipe(Effect.provide(services))
})

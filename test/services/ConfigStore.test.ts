import { command } from "#src/domain/hints/Command.ts"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { describe, expect } from "vitest"
import { withToml } from "#src/domain/config/ConfigDocument.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { FileError } from "#src/domain/errors.ts"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { configPath, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { ConfigStore } from "#src/services/config/ConfigStore.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { handWritten } from "../support/handWritten.ts"

const browser = (name: string) => new OAuthBrowserAccount({ name: AccountName.make(name), region: "us" })
const text = Effect.map(
  Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot),
  (files) => files[configPath]
)
const modify = <A>(edit: Edits.Edit<A>) => Effect.flatMap(ConfigStore, (store) => store.modify(edit))
const world = layer({ files: { [configPath]: handWritten } })

describe("modify", () => {
  it.effect("without a file there is an empty configuration, and the first edit makes it", () =>
    Effect.gen(function* () {
      expect((yield* Effect.flatMap(ConfigStore, ({ get }) => get)).toml.text).toBe("")
      yield* modify(Edits.addAccount(browser("a")))
      expect(yield* text).toBe('[accounts.a]\ntype = "oauth_browser"\nregion = "us"\n\n[active]\naccount = "a"\n')
    }).pipe(Effect.provide(layer()))
  )

  it.effect("an edit that fails or changes nothing does not write", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      const files = yield* CredentialFiles
      const error = yield* Effect.flip(modify(Edits.addAccount(browser("team"))))
      expect(error._tag).toBe("AccountExists")
      yield* files.write(configPath, handWritten)
      yield* modify(Edits.applySession({}))
      expect(yield* control.snapshot).toEqual({ [configPath]: handWritten })
    }).pipe(Effect.provide(world))
  )

  it.effect("an edit whose text does not say what its value says is never written", () =>
    Effect.gen(function* () {
      const lying: Edits.Edit<void> = (document) =>
        Either.right({ document: withToml(document, { ...document.toml, text: "a = 1\n" }), result: undefined })
      const error = yield* Effect.flip(modify(lying))
      expect(error).toMatchObject({ code: "CONFIG_ERROR", details: { path: configPath } })
      expect(yield* text).toBe(handWritten)
    }).pipe(Effect.provide(world))
  )

  it.effect("fibers that edit at once all arrive", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 50 }, (_, index) => `n${index}`)
      yield* Effect.forEach(names, (name) => modify(Edits.addAccount(browser(name))), { concurrency: "unbounded" })
      const written = (yield* text) ?? ""
      expect(names.filter((name) => !written.includes(`[accounts.${name}]\n`))).toEqual([])
    }).pipe(Effect.provide(world))
  )

  it.effect("what the disk refuses is a ConfigError with its path and its command", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      const full = new FileError({
        path: configPath,
        problem: "no_space",
        reason: "cannot be written",
        fix: command`df -h`
      })
      yield* control.obstruct(configPath, full)
      const error = yield* Effect.flip(modify(Edits.useAccount("me")))
      expect(error).toMatchObject({
        code: "CONFIG_ERROR",
        hints: [command`df -h`],
        details: { path: configPath, problem: "no_space" }
      })
    }).pipe(Effect.provide(world))
  )
})

describe("get", () => {
  it.effect("parses a text once, and sees at once what another program has written", () =>
    Effect.gen(function* () {
      const { get } = yield* ConfigStore
      const control = yield* MemoryFilesControl
      const first = yield* get
      expect(yield* get).toBe(first)
      yield* control.plant(configPath, `${handWritten}# by another program\n`)
      expect((yield* get).toml.text).toBe(`${handWritten}# by another program\n`)
      yield* control.plant(configPath, "not TOML")
      expect((yield* Effect.flip(get)).code).toBe("CONFIG_ERROR")
      yield* control.plant(configPath, handWritten)
      expect((yield* get).toml.value).toEqual(first.toml.value)
    }).pipe(Effect.provide(world))
  )

  it.effect("knows a flat account of version 0.3 in any spelling of its key", () =>
    Effect.gen(function* () {
      const { get } = yield* ConfigStore
      const control = yield* MemoryFilesControl
      for (const key of ["project_id", '"project_id"', '"project\\u005fid"', '"\\U00000070roject_id"']) {
        yield* control.plant(configPath, `[accounts.a]\nusername = "u"\n${key} = "1"\n`)
        expect((yield* Effect.flip(get)).details).toMatchObject({ format: "0.3" })
      }
    }).pipe(Effect.provide(world))
  )
})

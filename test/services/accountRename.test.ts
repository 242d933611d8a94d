/** Renaming an account: one name has all of it at every moment, on disks that ignore case too. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { describe, expect } from "vitest"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { FileError } from "#src/domain/errors.ts"
import { home } from "#src/layers/memory/layer.ts"
import * as FixedCrypto from "#src/layers/memory/FixedCrypto.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import { make as makeLocations } from "#src/layers/node/locations.ts"
import * as ConfigStore from "#src/services/config/ConfigStore.ts"
import { renameAccount } from "#src/services/config/renameAccount.ts"
import * as DiskStorage from "#src/services/storage/DiskStorage.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { Locations } from "#src/services/platform/Locations.ts"

const configPath = `${home}/.mp/config.toml`
const config = `# ours
[accounts.other]
type = "oauth_browser"
region = "eu"

[accounts.me] # mine
type = "oauth_browser"
region = "us"
default_project = "11"

[active]
account = "me"
workspace = 5

[targets.a]
account = "me"
project = "11"

[targets.b]
account = "other"
project = "12"

[settings.rules.here]
account = "me"

[settings.accounts.me]
colour = "red"
`
const login = JSON.stringify({ access_token: "a", token_type: "Bearer", scope: "", refresh_token: "r" })
const stored = (name: string, file: string) => `${home}/.mp/accounts/${name}/${file}`
const before = {
  [configPath]: config,
  [stored("me", "tokens.json")]: login,
  [stored("me", "me.json")]: "{}",
  [stored("me", "bridges.json")]: "[]"
}

const over = (files: CredentialFilesShape) =>
  ConfigStore.layer.pipe(
    Layer.provideMerge(DiskStorage.layer),
    Layer.provideMerge(
      Layer.mergeAll(
        FixedCrypto.layer,
        Layer.succeed(CredentialFiles, files),
        Layer.succeed(Locations, makeLocations({ home, cwd: home }))
      )
    )
  )

const rename = (from: string, to: string) => renameAccount(from, AccountName.make(to))

/** The process is killed before its next change. */
const killedAfter = (files: CredentialFilesShape, changes: number): CredentialFilesShape => {
  let left = changes
  const step = <A, E, R>(change: Effect.Effect<A, E, R>) => Effect.suspend(() => (left-- > 0 ? change : Effect.never))
  return {
    ...files,
    write: (...args) => step(files.write(...args)),
    remove: (path) => step(files.remove(path)),
    withLock: (path, options) => (use) =>
      files.withLock(path, options)((lock) => use({ ...lock, removeDirectory: step(lock.removeDirectory) }))
  }
}

/** The disk does a write, and then says that it cannot confirm it. */
const failingAfter = (files: CredentialFilesShape, writes: number): CredentialFilesShape => {
  let left = writes
  return {
    ...files,
    write: (path, ...rest) =>
      Effect.flatMap(files.write(path, ...rest), () =>
        left-- === 0 ? new FileError({ path, problem: "io", reason: "could not be confirmed", fix: null }) : Effect.void
      )
  }
}

const inMemory = <A, E>(
  files: Readonly<Record<string, string>>,
  use: (files: CredentialFilesShape) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const result = yield* Effect.exit(Effect.flatMap(CredentialFiles, use))
    const control = yield* MemoryFiles.MemoryFilesControl
    return { result, left: yield* control.snapshot }
  }).pipe(Effect.provide(MemoryFiles.layerWith(files)))

const finished = {
  [configPath]: config
    .replace("[accounts.me]", "[accounts.acme]")
    .replace("[settings.accounts.me]", "[settings.accounts.acme]")
    .replaceAll('account = "me"', 'account = "acme"'),
  [stored("acme", "tokens.json")]: login,
  [stored("acme", "me.json")]: "{}",
  [stored("acme", "bridges.json")]: "[]"
}

describe("renaming an account", () => {
  it.effect("changes all that names it, and every other byte stays", () =>
    Effect.gen(function* () {
      const { left } = yield* inMemory(before, (files) => Effect.provide(rename("me", "acme"), over(files)))
      expect(left).toEqual(finished)
    })
  )

  it.live.each(Array.from({ length: 14 }, (_, changes) => changes))(
    "killed after %d changes: the name in the configuration has the login, and the rename can be repeated",
    (changes) =>
      Effect.gen(function* () {
        const { left } = yield* inMemory(before, (files) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.forkDaemon(
              Effect.provide(rename("me", "acme"), over(killedAfter(files, changes)))
            )
            yield* Effect.race(Fiber.await(fiber), Effect.sleep("50 millis"))
          })
        )
        const isDone = left[configPath] === finished[configPath]
        expect([before[configPath], finished[configPath]]).toContain(left[configPath])
        expect(left[stored(isDone ? "acme" : "me", "tokens.json")]).toBe(login)
        if (isDone) return
        const again = yield* inMemory(left, (files) => Effect.provide(rename("me", "acme"), over(files)))
        expect(again.left).toEqual(finished)
      })
  )

  it.effect.each(Array.from({ length: 8 }, (_, writes) => writes))(
    "a disk that fails after its write %d is done: the name in the configuration has the login",
    (writes) =>
      Effect.gen(function* () {
        const { left, result } = yield* inMemory(before, (files) =>
          Effect.provide(rename("me", "acme"), over(failingAfter(files, writes)))
        )
        const isDone = left[configPath] === finished[configPath]
        expect([before[configPath], finished[configPath]]).toContain(left[configPath])
        expect(left[stored(isDone ? "acme" : "me", "tokens.json")]).toBe(login)
        // What was not changed keeps nothing of the other name.
        if (!isDone) expect(left).toEqual(before)
        expect(result._tag).toBe(writes < 4 ? "Failure" : "Success")
      })
  )

  it.effect.each(["me", "other", "OTHER", "con"])("to %s is refused, and nothing changes", (name) =>
    Effect.gen(function* () {
      const { left, result } = yield* inMemory(before, (files) => Effect.provide(rename("me", name), over(files)))
      expect(result._tag).toBe("Failure")
      expect(left).toEqual(before)
    })
  )

  it.effect("to a name under which another login lies is refused", () =>
    Effect.gen(function* () {
      const occupied = { ...before, [stored("acme", "tokens.json")]: login.replace('"r"', '"other"') }
      const { left, result } = yield* inMemory(occupied, (files) => Effect.provide(rename("me", "acme"), over(files)))
      expect(result).toMatchObject({ _tag: "Failure", cause: { error: { code: "CONFIG_ERROR" } } })
      expect(left).toEqual(occupied)
    })
  )

  it.effect("that only changes the case keeps the login where a disk tells the two apart", () =>
    Effect.gen(function* () {
      const { left } = yield* inMemory(before, (files) => Effect.provide(rename("me", "ME"), over(files)))
      expect(left[stored("ME", "tokens.json")]).toBe(login)
      expect(left[stored("me", "tokens.json")]).toBeUndefined()
      expect(left[configPath]).toContain("[accounts.ME] # mine")
    })
  )

  it.effect("that only changes the case keeps the login where a disk takes them for one", () =>
    Effect.gen(function* () {
      const { left } = yield* inMemory(before, (files) => {
        const here = (path: string) => path.replace("/accounts/ME", "/accounts/me")
        const ignoringCase: CredentialFilesShape = {
          ...files,
          read: (path, limit) => files.read(here(path), limit),
          list: (path) => files.list(here(path)),
          write: (path, text, limit) => files.write(here(path), text, limit),
          remove: (path) => files.remove(here(path)),
          withLock: (path, options) => files.withLock(here(path), options)
        }
        return Effect.provide(rename("me", "ME"), over(ignoringCase))
      })
      expect(left[stored("me", "tokens.json")]).toBe(login)
      expect(left[configPath]).toContain("[accounts.ME] # mine")
    })
  )
})

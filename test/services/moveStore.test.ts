/** Moving what is stored into a shared store, and out: whenever it is killed, each login is spent at one place, and none is lost. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { StorageError } from "#src/domain/storage/StorageError.ts"
import { home } from "#src/layers/memory/layer.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import { memoryEngine, type Rows } from "#src/layers/memory/MemoryStorage.ts"
import { make as makeLocations } from "#src/layers/node/locations.ts"
import * as ClientStore from "#src/services/oauth/ClientStore.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { Crypto, layer as webCrypto } from "#src/services/platform/Crypto.ts"
import { Locations } from "#src/services/platform/Locations.ts"
import { CredentialStorage, type CredentialStorageShape } from "#src/services/storage/CredentialStorage.ts"
import * as DiskStorage from "#src/services/storage/DiskStorage.ts"
import { type Engine, fromEngine } from "#src/services/storage/Engine.ts"
import type { Move } from "#src/services/storage/Move.ts"
import { moveStore } from "#src/services/storage/moveStore.ts"
import { reseal } from "#src/services/storage/reseal.ts"
import { sealing } from "#src/services/storage/sealing.ts"
import { immortal, type Life, lifeOf, mortalEngine } from "../support/life.ts"

type Files = Readonly<Record<string, string>>

const mortalFiles = (files: CredentialFilesShape, { step }: Life): CredentialFilesShape => ({
  ...files,
  write: (...args) => step(files.write(...args)),
  remove: (path) => step(files.remove(path))
})

const sharedOver = (rows: Rows, life: Life, hurt: (engine: Engine) => Engine = (engine) => engine) =>
  Effect.flatMap(Crypto, (crypto) => fromEngine(mortalEngine(hurt(memoryEngine(rows)), life), crypto, "a machine"))

const diskOver = (files: CredentialFilesShape) =>
  Layer.provideMerge(
    DiskStorage.layer,
    Layer.mergeAll(Layer.succeed(CredentialFiles, files), Layer.succeed(Locations, makeLocations({ home, cwd: home })))
  )

interface World {
  readonly files: Files
  readonly rows: Rows
}

interface Run {
  readonly out?: boolean
  readonly changes?: number
  readonly isDry?: boolean
  readonly bridges?: ReadonlyArray<string>
  readonly hurt?: (engine: Engine) => Engine
}

/** One move of a process that lives for so many changes: what it said, and the disk afterwards. */
const move = ({ files, rows }: World, { bridges = [], changes, hurt, isDry = false, out = false }: Run = {}) =>
  Effect.gen(function* () {
    const life = yield* changes === undefined ? immortal : lifeOf(changes)
    const control = yield* MemoryFiles.MemoryFilesControl
    const disk = yield* CredentialFiles
    const moving = Effect.gen(function* () {
      const onDisk = yield* CredentialStorage
      const shared = yield* sharedOver(rows, life, hurt)
      const from = out ? shared : onDisk
      const how: Move = {
        from,
        to: out ? onDisk : shared,
        clients: yield* Effect.provideService(ClientStore.make, CredentialStorage, from),
        crypto: yield* Crypto,
        bridgesOf: () => Effect.succeed(bridges),
        isDry
      }
      return yield* moveStore(how)
    }).pipe(Effect.provide(diskOver(mortalFiles(disk, life))))
    const fiber = yield* Effect.forkDaemon(Effect.either(moving))
    const ended = yield* Effect.raceFirst(
      Effect.asSome(Effect.flatten(Fiber.await(fiber))),
      Effect.as(life.death, Option.none())
    )
    return { said: ended, files: yield* control.snapshot }
  }).pipe(Effect.provide(Layer.merge(MemoryFiles.layerWith(files), webCrypto)))

const path = {
  config: `${home}/.mp/config.toml`,
  tokens: (name: string) => `${home}/.mp/accounts/${name}/tokens.json`,
  moving: (name: string) => `${home}/.mp/accounts/${name}/moving-tokens.json`
}

/** A login and how often it was refreshed since it was shared. */
const loginOf = (family: string, generation: number) =>
  JSON.stringify({
    access_token: `at-${family}-${generation}`,
    expires_at: "2036-01-01T00:00:00.000000+00:00",
    token_type: "Bearer",
    scope: "",
    refresh_token: `rt-${family}-${generation}`,
    client_id: "c",
    session: `${family}.${generation}`
  })

const configOf = (names: ReadonlyArray<string>, region = "us") =>
  names.map((name) => `[accounts.${name}]\ntype = "oauth_browser"\nregion = "${region}"\n`).join("\n")

const put = (rows: Rows, key: string, value: string) =>
  Effect.gen(function* () {
    const store = yield* sharedOver(rows, yield* immortal)
    yield* store.put(key, value, { expected: "any" })
  }).pipe(Effect.provide(webCrypto))

const familyIn = (text: string | undefined): string | null => /"session": ?"([^"]+)"/.exec(text ?? "")?.[1] ?? null

/** Each place where a refresh token is spent, as `family.generation`. */
const places = ({ files, rows }: World, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names
    .flatMap((name) => [familyIn(files[path.tokens(name)]), familyIn(rows.get(`accounts/${name}/tokens`)?.value)])
    .filter((family) => family !== null)

const names = ["a", "b", "c"]

/** What a store has for an account: nothing, or one of two logins at some refresh. */
const state = FastCheck.option(FastCheck.tuple(FastCheck.constantFrom("x", "y"), FastCheck.integer({ min: 0, max: 2 })))

const textOf = (name: string, held: readonly [string, number] | null): string | undefined =>
  held === null ? undefined : loginOf(`${name}${held[0]}`, held[1])

const newest = (logins: ReadonlyArray<string>): ReadonlyArray<string> => {
  const byFamily = new Map<string, number>()
  for (const login of logins) {
    const [family = "", generation] = login.split(".")
    byFamily.set(family, Math.max(byFamily.get(family) ?? 0, Number(generation)))
  }
  return [...byFamily].map(([family, generation]) => `${family}.${generation}`).sort()
}

type Held = readonly [string, number] | null

interface Case {
  readonly disk: ReadonlyArray<Held>
  readonly store: ReadonlyArray<Held>
  readonly changes: number
  readonly out: boolean
}

/** Moved by a process that is killed, and again by one that is not. */
const movedTwice = ({ changes, disk, out, store }: Case) =>
  Effect.gen(function* () {
    const rows: Rows = new Map()
    const files: Record<string, string> = { [path.config]: configOf(names) }
    for (const [index, name] of names.entries()) {
      const ours = textOf(name, disk[index] ?? null)
      const theirs = textOf(name, store[index] ?? null)
      if (ours !== undefined) files[path.tokens(name)] = ours
      if (theirs !== undefined) yield* put(rows, `accounts/${name}/tokens`, theirs)
    }
    yield* put(rows, "config", configOf(names))
    const before = places({ files, rows }, names)
    const first = yield* move({ files, rows }, { out, changes })
    const meanwhile = places({ files: first.files, rows }, names)
    for (const login of meanwhile) {
      const [family = ""] = login.split(".")
      const count = (all: ReadonlyArray<string>) => all.filter((one) => one.startsWith(`${family}.`)).length
      expect(count(meanwhile)).toBeLessThanOrEqual(count(before))
    }
    // Whoever was killed holds claims until their leases end.
    yield* TestClock.adjust("30 seconds")
    const second = yield* move({ files: first.files, rows }, { out })
    expect(Option.isSome(second.said)).toBe(true)
    const after = places({ files: second.files, rows }, names)
    expect([...after].sort()).toEqual(newest(before))
    for (const name of names) {
      expect(second.files[path.moving(name)]).toBeUndefined()
      expect(rows.get(`accounts/${name}/moving`)?.value ?? "").toBe("")
    }
  })

describe("a move that is killed", () => {
  it.effect.prop(
    "and done again leaves every login at one place where it is used, and never was at two more than before",
    {
      disk: FastCheck.tuple(state, state, state),
      store: FastCheck.tuple(state, state, state),
      changes: FastCheck.integer({ min: 0, max: 24 }),
      out: FastCheck.boolean()
    },
    movedTwice,
    { fastCheck: { numRuns: Number(process.env["MP_TEST_INTERLEAVINGS"] ?? 60) } }
  )

  it.effect.each([false, true])("at each of its steps, of one login (out: %s)", (out) =>
    Effect.forEach(
      Array.from({ length: 12 }, (_, changes) => changes),
      (changes) => movedTwice({ changes, out, disk: [out ? null : ["x", 0]], store: [out ? ["x", 0] : null] }),
      { discard: true }
    )
  )
})

const told = (run: Effect.Effect.Success<ReturnType<typeof move>>) =>
  Option.getOrThrow(run.said).pipe((said) =>
    said._tag === "Left"
      ? { failed: said.left }
      : said.right.map(({ key, outcome }) => [key, outcome._tag === "kept" ? outcome.reason : outcome._tag])
  )

describe("a move in", () => {
  it.effect("takes all with it, and says so before when it is asked", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const config = `# ours\n${configOf(["a"])}\n[active]\naccount = "a"\n`
      const files = {
        [path.config]: config,
        [path.tokens("a")]: loginOf("ax", 0),
        [`${home}/.mp/accounts/a/me.json`]: "{}",
        [`${home}/.mp/accounts/a/bridges.json`]: "[]",
        [`${home}/.mp/oauth/client_us.json`]: "{}"
      }
      const all = [
        ["config", "moved"],
        ["accounts/a/tokens", "moved"],
        ["accounts/a/me", "moved"],
        ["clients/us", "moved"]
      ]
      const dry = yield* move({ files, rows }, { isDry: true })
      expect(told(dry)).toEqual(all)
      expect([dry.files, rows.size]).toEqual([files, 0])
      const done = yield* move({ files, rows })
      expect(told(done)).toEqual(all)
      expect(done.files).toEqual({ [`${home}/.mp/accounts/a/bridges.json`]: "[]" })
      expect(rows.get("config")?.value).toBe(config)
      expect(rows.get("accounts/a/tokens")?.value).toContain("rt-ax-0")
      expect(Number.isFinite(rows.get("accounts/a/me")?.forgottenAt)).toBe(true)
      expect(told(yield* move({ files: done.files, rows }))).toEqual([])
      const back = yield* move({ files: done.files, rows }, { out: true })
      expect(back.files[path.config]).toBe(config)
      expect(back.files[path.tokens("a")]).toContain("rt-ax-0")
      expect([...rows.values()].every(({ value }) => value === "")).toBe(true)
    })
  )

  it.effect("adds what is not configured there, and leaves what differs", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      yield* put(rows, "config", `${configOf(["a", "b"])}\n[settings]\naudit = true\n[active]\naccount = "a"\n`)
      yield* put(rows, "accounts/a/tokens", loginOf("ay", 0))
      const target = '\n[targets.t]\naccount = "c"\nproject = "1"\n'
      const config = `${configOf(["a", "c"])}\n${configOf(["b"], "eu")}${target}[active]\naccount = "c"\n`
      const files = {
        [path.config]: config,
        [path.tokens("a")]: loginOf("ax", 0),
        [path.tokens("b")]: loginOf("bx", 0),
        [path.tokens("c")]: loginOf("cx", 0),
        [path.tokens("nobody")]: loginOf("nx", 0),
        [`${home}/.mp/oauth/client_us.json`]: "{}"
      }
      const done = yield* move({ files, rows })
      expect(told(done)).toEqual([
        ["config", "it says otherwise there, or cannot be added: accounts.b. Nothing of that was taken"],
        [
          "accounts/a/tokens",
          "another login of 'a' is there (accounts/a/tokens in memory): one of the two has to be ended"
        ],
        ["accounts/b/tokens", "another account of that name is configured there"],
        ["accounts/c/tokens", "moved"],
        ["accounts/nobody/tokens", "no account 'nobody' is configured there"]
      ])
      const { [path.tokens("c")]: _, ...left } = files
      expect(done.files).toEqual(left)
      expect(rows.get("config")?.value).toBe(
        `${configOf(["a", "b"])}\n${configOf(["c"])}\n[settings]\naudit = true\n[active]\naccount = "a"\n${target}`
      )
    })
  )

  it.effect("leaves a login whose bridge spends the same refresh token", () =>
    Effect.gen(function* () {
      const files = { [path.config]: configOf(["a"]), [path.tokens("a")]: loginOf("ax", 0) }
      const done = yield* move({ files, rows: new Map() }, { bridges: ["/b.json"] })
      expect(told(done)).toEqual([
        ["config", "all of it is there, and it stays here as well for the logins that stay"],
        ["accounts/a/tokens", "the bridge /b.json holds its refresh token, too"]
      ])
      expect(done.files).toEqual(files)
    })
  )

  it.effect("names tokens that cannot be read, and takes the others", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const files = {
        [path.config]: configOf(["a", "b"]),
        [path.tokens("a")]: "{",
        [path.tokens("b")]: loginOf("bx", 0)
      }
      const run = yield* move({ files, rows })
      const said = told(run)
      expect(said).toContainEqual(["accounts/b/tokens", "moved"])
      expect(JSON.stringify(run.said)).toContain("env -u MP_STORE mp account login a")
      expect(JSON.stringify(said)).toContain("tokens.json cannot be used")
    })
  )

  it.effect("takes nothing from a configuration of an earlier version, and says how it is migrated here", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const files = { [path.config]: 'default = "a"\n\n[accounts.a]\nusername = "u"\n' }
      const run = yield* move({ files, rows })
      expect(told(run)).toMatchObject({ failed: { hints: ["env -u MP_STORE mp config migrate"] } })
      expect([run.files, rows.size]).toEqual([files, 0])
    })
  )

  it.effect("whose last step was not confirmed leaves the login on its way, and the next one finishes it", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const files = { [path.config]: configOf(["a"]), [path.tokens("a")]: loginOf("ax", 0) }
      const away = new StorageError({
        operation: "put",
        key: "accounts/a/tokens",
        store: "the engine",
        reason: "no answer arrived within 5 s",
        temporary: true
      })
      const hurt = (engine: Engine): Engine => ({
        ...engine,
        put: (key, ...rest) =>
          key === "config" ? engine.put(key, ...rest) : Effect.zipRight(engine.put(key, ...rest), away)
      })
      const first = yield* move({ files, rows }, { hurt })
      expect(told(first)).toMatchObject({
        failed: {
          message:
            "accounts/a/tokens in the engine could not be stored: no answer arrived within 5 s; the login of 'a' is on its way, and the same command finishes that."
        }
      })
      expect(first.files[path.tokens("a")]).toBeUndefined()
      const second = yield* move({ files: first.files, rows })
      expect(told(second)).toContainEqual(["accounts/a/tokens", "there"])
      expect(places({ files: second.files, rows }, ["a"])).toEqual(["ax.0"])
    })
  )

  it.effect.each([
    { other: loginOf("ax", 0), lives: ["ax.0"] },
    { other: loginOf("ay", 0), lives: ["ax.0", "ay.0"] }
  ])("by two machines at the same time: one login each lives at one place ($lives)", ({ lives, other }) =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const home = (login: string) => ({ [path.config]: configOf(["a"]), [path.tokens("a")]: login })
      const [one, two] = yield* Effect.all(
        [move({ files: home(loginOf("ax", 0)), rows }), move({ files: home(other), rows })],
        { concurrency: "unbounded" }
      )
      const all = [one, two].flatMap(({ files }) => places({ files, rows: new Map() }, ["a"]))
      expect([...all, ...places({ files: {}, rows }, ["a"])].sort()).toEqual(lives)
    })
  )
})

describe("sealing anew", () => {
  const key = (id: string) => `${id}:${Buffer.alloc(32, id).toString("base64")}`
  const sealed = (store: CredentialStorageShape, ...ids: ReadonlyArray<string>) =>
    Effect.map(sealing("the store", { keys: Redacted.make(ids.map(key).join(",")), namespace: "mp" }), (seal) =>
      seal(store)
    )
  const entries = ["config", "accounts/a/tokens", "accounts/a/me", "clients/us"]

  it.effect("with the first key opens everything without the old one, and names what does not open", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const store = yield* sharedOver(rows, yield* immortal)
      const old = yield* sealed(store, "old")
      for (const entry of entries) yield* old.put(entry, `of ${entry}`, { expected: "any" })
      yield* (yield* sealed(store, "foreign")).put("clients/eu", "theirs", { expected: "any" })
      const done = yield* reseal(yield* sealed(store, "new", "old"))
      expect([done.count, done.unopened.map(({ key, reason }) => [key, reason])]).toEqual([
        4,
        [["clients/eu", "it is sealed with key foreign, and MP_STORE_KEY (keys) holds new, old only"]]
      ])
      const next = yield* sealed(store, "new")
      for (const entry of entries) {
        expect(Option.map(yield* next.get(entry), ({ value }) => value)).toEqual(Option.some(`of ${entry}`))
      }
      expect(Number.isFinite(rows.get("accounts/a/me")?.forgottenAt)).toBe(true)
    }).pipe(Effect.provide(webCrypto))
  )

  it.effect("writes over nothing that is written meanwhile, and waits for whoever spends", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const store = yield* sharedOver(rows, yield* immortal)
      const old = yield* sealed(store, "old")
      const { version } = yield* old.put("accounts/a/tokens", "spent", { expected: "any" })
      yield* old.put("config", "before", { expected: "any" })
      const claim = yield* old.claim("accounts/a/tokens", version)
      const both = yield* sealed(store, "new", "old")
      const raced: CredentialStorageShape = {
        ...both,
        put: (entry, ...rest) =>
          rows.get("config")?.value.startsWith("1.old.") === true && entry === "config"
            ? Effect.zipRight(Effect.orDie(old.put("config", "after", { expected: "any" })), both.put(entry, ...rest))
            : both.put(entry, ...rest)
      }
      const once = { ...raced, put: onlyOnce(raced.put, both.put) }
      const fiber = yield* Effect.fork(reseal(once))
      yield* TestClock.adjust("3 seconds")
      yield* claim.commit("renewed")
      yield* TestClock.adjust("3 seconds")
      expect((yield* Fiber.join(fiber)).count).toBe(2)
      const next = yield* sealed(store, "new")
      const values = yield* Effect.forEach(["config", "accounts/a/tokens"], (entry) => next.get(entry))
      expect(values.map(Option.map(({ value }) => value))).toEqual([Option.some("after"), Option.some("renewed")])
    }).pipe(Effect.scoped, Effect.provide(webCrypto))
  )
})

/** The first call is of the one, all others of the other. */
const onlyOnce = <Args extends ReadonlyArray<unknown>, A>(first: (...args: Args) => A, rest: (...args: Args) => A) => {
  let calls = 0
  return (...args: Args): A => ((calls += 1) === 1 ? first(...args) : rest(...args))
}

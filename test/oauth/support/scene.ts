/** Processes that share one login on a real engine, and a server that forgives nothing. */
import { layer, type Vitest } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { describe } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { migrationText } from "#src/layers/sql/table.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { clientOf, postgresLayer } from "../../layers/storage/engines.ts"
import { postgresServer, redisServer } from "../../layers/storage/servers.ts"
import { needs } from "../../support/needs.ts"
import { tokensKey } from "./fleet.ts"
import { builtWorkers, type Running, workerIn } from "./processes.ts"
import { storeOn } from "./storeOn.ts"
import type { Reused } from "./StrictAuthority.ts"
import { serverThat, type StrictServer } from "./StrictServer.ts"
import { clientId, temporaryHome, tokensOf } from "./world.ts"

/** What the tests of an engine have in common. */
export class Ground extends Context.Tag("test/Ground")<
  Ground,
  {
    /** `redis:PORT` or `postgres:PORT`. */
    readonly engine: string
    /** Where the engine keeps its files. */
    readonly files: string
    /** Where the worker was built. */
    readonly workers: string
  }
>() {}

export interface Scene {
  readonly server: StrictServer
  readonly crowd: ReadonlyArray<Running>
  /** One more process, gone with the scope. */
  readonly joined: (options: Joining) => Effect.Effect<Running, never, Scope.Scope>
  /** The stored tokens are those of a new login, and have expired, or expire in so many milliseconds. */
  readonly logIn: (expiresIn?: number) => Effect.Effect<void>
  /** The stored tokens expire, or do so in as many milliseconds. */
  readonly expire: (expiresIn?: number) => Effect.Effect<void>
  readonly logOut: Effect.Effect<void>
  /** As it is stored; nothing after a logout. */
  readonly stored: Effect.Effect<string>
}

interface Joining {
  readonly host: string
  /** Where it finds the engine, if that is not where it is. */
  readonly through?: string
  readonly lease?: number
  readonly isEarly?: boolean
  /** By how many milliseconds its clock is ahead. */
  readonly ahead?: number
}

interface Wanted extends Omit<Joining, "host"> {
  readonly count: number
  readonly reused?: Reused
}

let namespaces = 0

const variablesOf = ({ ahead = 0, host, isEarly = false, lease, through = "" }: Joining) => ({
  MP_TEST_ENGINE: through,
  MP_TEST_HOST: host,
  MP_TEST_CLOCK: `${ahead}`,
  ...(lease === undefined ? {} : { MP_TEST_LEASE: `${lease}` }),
  ...(isEarly ? { MP_TEST_EARLY: "1" } : {})
})

/** In a namespace of its own. */
export const scene = (wanted: Wanted): Effect.Effect<Scene, never, Ground | Scope.Scope> =>
  Effect.gen(function* () {
    const { engine, workers: directory } = yield* Ground
    const namespace = `fleet-${(namespaces += 1)}`
    const home = yield* temporaryHome
    const server = yield* serverThat(wanted.reused ?? "revokes")
    const shared = yield* Effect.orDie(Layer.build(storeOn(`${engine}:${namespace}`)))
    const storage = Context.get(shared, CredentialStorage)
    const put = (text: string) => Effect.asVoid(Effect.orDie(storage.put(tokensKey, text, { expected: "any" })))
    const stored = Effect.map(Effect.orDie(storage.get(tokensKey)), (entry) =>
      Option.match(entry, { onNone: () => "", onSome: ({ value }) => value })
    )
    const moment = (expiresIn = -3_600_000) => Effect.map(storage.now, (now) => now + expiresIn)
    const logIn: Scene["logIn"] = (expiresIn) =>
      Effect.flatMap(moment(expiresIn), (at) =>
        put(tokensText(tokensOf(server.authority.login(clientId), Option.some(at))))
      )
    const expire: Scene["expire"] = (expiresIn) =>
      Effect.flatMap(Effect.all([moment(expiresIn), stored]), ([at, text]) =>
        put(
          text.replace(
            /"expires_at": "[^"]*"/,
            `"expires_at": "${new Date(at).toISOString().replace("Z", "000+00:00")}"`
          )
        )
      )
    yield* logIn()
    const joined: Scene["joined"] = (options) =>
      workerIn(
        { directory, home, url: server.url, lock: "token" },
        {
          variables: variablesOf({
            ...wanted,
            ...options,
            through: `${options.through ?? wanted.through ?? engine}:${namespace}`
          })
        }
      )
    const crowd = yield* Effect.forEach(
      Array.from({ length: wanted.count }, (_, at) => `host-${at + 1}`),
      (host) => joined({ host }),
      { concurrency: "unbounded" }
    )
    const logOut = Effect.asVoid(Effect.orDie(storage.remove(tokensKey, "any")))
    return { server, crowd, joined, logIn, expire, logOut, stored }
  })

const started = {
  redis: Effect.map(redisServer(), ({ directory, port }) => ({ engine: `redis:${port}`, files: directory })),
  postgres: Effect.gen(function* () {
    const { directory, port } = yield* postgresServer()
    const sql = yield* clientOf(postgresLayer(port))
    yield* Effect.orDie(sql.unsafe(migrationText))
    return { engine: `postgres:${port}`, files: directory }
  })
}

/** The same tests on both engines; where one is not there its name says so. */
export const onEachEngine = (tests: (it: Vitest.MethodsNonLive<Ground, true>) => void): void => {
  for (const [kind, name] of [
    ["postgres", "on Postgres"],
    ["redis", "on Redis"]
  ] as const) {
    const { areUnmet, title } = needs(kind)
    const ground = Effect.zipWith(started[kind], builtWorkers("esm"), (engine, workers) => ({ ...engine, workers }))
    describe.skipIf(areUnmet)(title(name), () =>
      layer(Layer.scoped(Ground, ground), { excludeTestServices: true, timeout: "60 seconds" })(tests)
    )
  }
}

export const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

/** Until so many requests have arrived. */
export const arrival = async (server: StrictServer, requests: number): Promise<void> => {
  while (server.arrived() < requests) await pause(5)
}

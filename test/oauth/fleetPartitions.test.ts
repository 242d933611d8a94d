/** Promise 25 on five hosts: three replicas, Postgres on a fourth, the authorization server on a fifth, and cables that are cut. */
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { appendFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { describe } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { migrationText } from "#src/layers/sql/table.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { clientOf, postgresLayer } from "../layers/storage/engines.ts"
import { newPostgres, postgresIn } from "../layers/storage/servers.ts"
import { needs } from "../support/needs.ts"
import { tokensKey } from "./support/fleet.ts"
import { fleetSize } from "./support/fleetSize.ts"
import { listeningOn, type Machine, machines, type Machines } from "./support/machines.ts"
import { type Running, workersIn } from "./support/processes.ts"
import { storeOn } from "./support/storeOn.ts"
import { generationOf } from "./support/StrictAuthority.ts"
import { type StrictServer, strictServer } from "./support/StrictServer.ts"
import { clientId, temporaryHome, tokensOf } from "./support/world.ts"

const logins = fleetSize(1, 20)
const steps = fleetSize(5, 20)
const seed = Number(process.env["MP_TEST_SEED"] ?? Date.now() % 1_000_000)

/** Tokens are not used in their last 30 s: these are renewed every second. */
const lifetimeSeconds = 31

interface World {
  readonly net: Machines
  readonly server: StrictServer
  readonly crowd: ReadonlyArray<Running>
  /** A new login takes the place of the one that is stored. */
  readonly logIn: Effect.Effect<void>
}

const worldOn = (
  net: Machines,
  hosts: ReadonlyArray<Machine>,
  base: Machine,
  authority: Machine
): Effect.Effect<World, never, Scope.Scope> =>
  Effect.gen(function* () {
    const server = yield* strictServer
    server.lifetime(lifetimeSeconds)
    const front = yield* listeningOn(authority, 80)
    front.on("connection", (socket) => {
      const inner = connect(Number(new URL(server.url).port), "127.0.0.1")
      socket.on("error", () => inner.destroy()).pipe(inner)
      inner.on("error", () => socket.destroy()).pipe(socket)
    })

    const at = yield* newPostgres
    appendFileSync(join(at.directory, "data", "pg_hba.conf"), "host all all 10.77.0.0/24 scram-sha-256\n")
    const { directory, port } = yield* postgresIn(at, base)
    const sql = yield* clientOf(postgresLayer(port, { host: directory }))
    yield* Effect.orDie(sql.unsafe(migrationText))
    const own = yield* Effect.orDie(Layer.build(storeOn(`postgres:${port}:fleet:${directory}`)))
    const storage = Context.get(own, CredentialStorage)
    const logIn = Effect.suspend(() => {
      const text = tokensText(tokensOf(server.authority.login(clientId), Option.some(1000)))
      return Effect.asVoid(Effect.orDie(storage.put(tokensKey, text, { expected: "any" })))
    })
    yield* logIn
    const crowd = yield* workersIn(
      hosts.map(({ address, through }) => ({
        through,
        variables: {
          MP_TEST_ENGINE: `postgres:${port}:fleet:${base.address}`,
          MP_TEST_HOST: address,
          MP_TEST_LEASE: "40000",
          MP_TEST_SERVER: `http://${authority.address}`
        }
      })),
      yield* temporaryHome,
      server.url
    )
    return { net, server, crowd, logIn }
  })

/** From one to three cables at once, in one direction or in both, for up to 2.5 s. */
const partition = ({ net: { all, cut, mend } }: World): Effect.Effect<void> =>
  Effect.gen(function* () {
    const ways = all.flatMap((one) => all.filter((other) => other !== one).map((other) => [one, other] as const))
    const chosen = (yield* Random.shuffle(ways)).pipe((some) => [...some].slice(0, 3))
    const both = yield* Random.nextBoolean
    const count = yield* Random.nextIntBetween(1, 4)
    const directions = chosen
      .slice(0, count)
      .flatMap(([one, other]) => [[one, other] as const, ...(both ? [[other, one] as const] : [])])
    for (const [one, other] of directions) cut(one, other)
    yield* Effect.sleep(yield* Random.nextIntBetween(200, 2500))
    for (const [one, other] of directions) mend(one, other)
    yield* Effect.sleep(yield* Random.nextIntBetween(200, 2500))
  })

type Judged = "right" | "try again" | string

/** A bearer is wrong that had been replaced before it was asked for. */
const asked = ({ server }: World, { ask }: Running): Effect.Effect<Judged> =>
  Effect.promise(async () => {
    const before = server.authority.generation()
    const { access, error, message } = await ask()
    if (access !== undefined) return generationOf(access) >= before ? "right" : `wrong: ${access} after ${before}`
    return error === "StorageError" || error === "Claimed" || error === "OAuthRefreshError" ? "try again" : `${message}`
  })

const play = (world: World): Effect.Effect<Readonly<Record<string, number>>> =>
  Effect.gen(function* () {
    const answers: Record<string, number> = {}
    const note = (answer: Judged) => Effect.sync(() => void (answers[answer] = (answers[answer] ?? 0) + 1))
    for (let login = 0; login < logins; login += 1) {
      yield* world.logIn
      let isOver = false
      const asking = yield* Effect.fork(
        Effect.forEach(
          world.crowd,
          (one) =>
            Effect.repeat(Effect.delay(Effect.tap(asked(world, one), note), "20 millis"), {
              until: (answer) => isOver && answer !== "try again"
            }),
          { concurrency: "unbounded" }
        )
      )
      yield* Effect.repeatN(partition(world), steps - 1)
      isOver = true
      expect(yield* Fiber.join(asking)).toEqual(world.crowd.map(() => "right"))
    }
    return answers
  })

const { areUnmet, title } = needs("root", "networks", "postgres")

describe.skipIf(areUnmet)(title("five hosts"), () => {
  it.scopedLive(
    `${logins} logins, ${steps} partitions each between any two (MP_TEST_SEED=${seed}): each is alive, nothing is sent twice`,
    () =>
      Effect.gen(function* () {
        const net = yield* machines(5)
        const [one, two, three, base, authority] = net.all
        if (!one || !two || !three || !base || !authority) return yield* Effect.dieMessage("five were asked for")
        const world = yield* worldOn(net, [one, two, three], base, authority)
        net.cut(base, one)
        expect(yield* Effect.forEach(world.crowd.slice(0, 2), (replica) => asked(world, replica))).toEqual([
          "try again",
          "right"
        ])
        net.mend(base, one)
        const answers = yield* Effect.withRandom(play(world), Random.make(seed))
        const { requests, reuses } = world.server.authority.figures()
        console.log(JSON.stringify({ seed, answers, requests, reuses }))
        expect([Object.keys(answers).filter((answer) => answer !== "right" && answer !== "try again"), reuses]).toEqual(
          [[], 0]
        )
        expect(requests).toBeGreaterThanOrEqual(logins)
      }),
    logins * (steps + 5) * 30_000
  )
})

/**
 * Promise 25, where its processes end: killed at each moment of a refresh, on a server that forgives nothing, a login is lost
 * between the arrival of the request and the stored answer and nowhere else; told to end, it is never lost.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { fleetSize } from "./support/fleetSize.ts"
import { onEachEngine, type Scene, scene } from "./support/scene.ts"

const before = ["before claiming", "before confirming", "confirmed"] as const
const between = ["arrived", "about to store"] as const
const moments = [...before, ...between, "stored"] as const
type Moment = (typeof moments)[number]

const { lanes, rounds } = fleetSize({ lanes: 1, rounds: 1 }, { lanes: 4, rounds: 9 })
const kills = lanes * rounds * moments.length
const randomly = fleetSize(4, 28)
const ends = lanes * (randomly + moments.length * fleetSize(1, 4))

/** Plays on several logins side by side, each with processes and a server of its own, and adds up what came of it. */
const inLanes = <E, R>(play: (lane: number) => Effect.Effect<ReadonlyArray<string>, E, R>) =>
  Effect.map(
    Effect.forEach(Array.from({ length: lanes }), (_, lane) => Effect.scoped(play(lane)), { concurrency: "unbounded" }),
    (all) => {
      const counts: Record<string, number> = {}
      for (const outcome of all.flat()) counts[outcome] = (counts[outcome] ?? 0) + 1
      return counts
    }
  )

/** A process that asks, until it has ended; `others` ask once it is told to, or was. */
const ending = <A>(
  { joined, server }: Scene,
  host: string,
  signal: "SIGKILL" | "SIGTERM",
  moment: Moment | number,
  others: () => Promise<A>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { ask, child } = yield* joined({ host })
      return yield* Effect.promise(async () => {
        const ended = once(child, "exit")
        const isOwn = typeof moment === "string" && moment !== "arrived"
        const told = isOwn
          ? ended
          : new Promise<void>((resolve) => {
              const tell = () => resolve(void child.kill(signal))
              if (moment === "arrived") server.uponArrival(tell)
              else setTimeout(tell, Number(moment))
            })
        const said = ask(isOwn ? { moment, signal } : undefined).catch(() => ({ access: undefined }))
        const answers = told.then(() => others())
        const [code] = await ended
        return { code, access: (await said).access, answers: await answers }
      })
    })
  )

const minute = () => new Date().toISOString().slice(11, 16)

/** What became of the login after a process was killed, by those who are left. */
const afterKill = (stage: Scene, host: string, moment: Moment) =>
  Effect.gen(function* () {
    const { crowd, logIn, server } = stage
    yield* logIn()
    const earlier = server.authority.figures()
    const began = minute()
    const [first, ...others] = crowd
    if (first === undefined) return "nobody is left"
    const { answers: said } = yield* ending(stage, host, "SIGKILL", moment, () => first.ask())
    const minutes = `(${began}|${minute()})`
    const { requests, reuses } = server.authority.figures()
    const sent = `${requests - earlier.requests} sent, ${reuses - earlier.reuses} twice`
    const isTold = new RegExp(`the refresh of ${minutes} UTC by ${host} was interrupted`).test(said.message ?? "")
    const isLost = isTold && !said.message?.includes("revoked")
    if (isLost) yield* logIn()
    const { access = "" } = isLost ? yield* Effect.promise(() => first.ask()) : said
    const all = yield* Effect.promise(() => Promise.all(others.map(({ ask }) => ask())))
    const areRight = [access, ...all.map((other) => other.access)].every(
      (one) => one === access && server.authority.accepts(access)
    )
    return `${moment}: ${isLost ? "lost, and told" : "alive"}, ${sent}${areRight ? "" : `, wrong: ${JSON.stringify(said)}`}`
  })

onEachEngine((it) => {
  it.scoped(
    `${kills} killed: every loss lies between the arrival of the request and the stored answer`,
    () =>
      Effect.gen(function* () {
        const counts = yield* inLanes((lane) =>
          Effect.gen(function* () {
            const stage = yield* scene({ count: 2, lease: 500 })
            const played = Array.from({ length: rounds }, (_, round) =>
              moments.map((moment, at) => [`victim-${lane}-${round}-${at}`, moment] as const)
            )
            return yield* Effect.forEach(played.flat(), ([host, moment]) => afterKill(stage, host, moment))
          })
        )
        const each = lanes * rounds
        const alive = Object.fromEntries(
          [...before, "stored"].map((moment) => [`${moment}: alive, 1 sent, 0 twice`, each])
        )
        const lost = Object.fromEntries(between.map((moment) => [`${moment}: lost, and told, 2 sent, 1 twice`, each]))
        expect(counts).toEqual({ ...alive, ...lost })
      }),
    1_200_000
  )

  it.scoped(
    `${ends} told to end, at each moment and at random ones: nothing is lost, nobody fails`,
    () =>
      Effect.gen(function* () {
        const counts = yield* inLanes((lane) =>
          Effect.gen(function* () {
            const stage = yield* scene({ count: 2 })
            const { crowd, expire, server } = stage
            server.delay(40)
            const known = Array.from({ length: fleetSize(1, 4) }, () => moments).flat()
            const random = Array.from({ length: randomly }, () => Math.random() * 120)
            return yield* Effect.forEach([...known, ...random], (moment, at) =>
              Effect.gen(function* () {
                yield* expire()
                const { reuses, requests } = server.authority.figures()
                const host = `victim-${lane}-${at}`
                const { access, answers, code } = yield* ending(stage, host, "SIGTERM", moment, () =>
                  Promise.all(crowd.map(({ ask }) => ask()))
                )
                const own = access === undefined ? [] : [access]
                const wrong = [...own, ...answers.map((other) => other.access ?? JSON.stringify(other))].filter(
                  (one) => !server.authority.accepts(one)
                )
                const now = server.authority.figures()
                const sent = `${now.requests - requests} sent, ${now.reuses - reuses} twice`
                return `ended with ${code}, ${sent}, ${wrong.length} wrong ${wrong.join()}`
              })
            )
          })
        )
        expect(counts).toEqual({ "ended with 0, 1 sent, 0 twice, 0 wrong ": ends })
      }),
    1_200_000
  )
})

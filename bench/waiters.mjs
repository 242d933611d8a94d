/**
 * 10,000 fibers that want the bearer of one account at the moment when it has expired, against 10,000 fibers of
 * the same program that wait for one Deferred. What is waited for takes equally long; there has to be one request.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Accounts, TokenResolver } from "../dist/index.js"
import { home, layer, ScriptedHttp } from "../dist/testing.js"
import { pairsOfWork, rowOf } from "./pairs.mjs"

const fibers = 10_000
const rounds = 15
const warmups = 4

/** As long as a server may take: those who wait grow old in memory meanwhile, on both sides. */
const serverMillis = 20

const files = {
  "~/.mp/config.toml": '[accounts.me]\ntype = "oauth_browser"\nregion = "us"\n[active]\naccount = "me"\n',
  [`${home}/.mp/oauth/client_us.json`]: JSON.stringify({
    client_id: "client",
    region: "us",
    redirect_uri: "http://localhost:19284/callback",
    scope: "projects",
    created_at: "2026-01-01T00:00:00Z"
  }),
  [`${home}/.mp/accounts/me/tokens.json`]: JSON.stringify({
    access_token: "old",
    refresh_token: "refresh",
    expires_at: "2020-01-01T00:00:00Z",
    token_type: "Bearer",
    scope: "projects"
  })
}

const answer = { body: { access_token: "new", refresh_token: "next", expires_in: 3600, token_type: "Bearer" } }

/** Lets `fibers` fibers ask, opens the gate after a while, and waits until the last of them has its answer. */
const crowd = (ask, gate) =>
  Effect.gen(function* () {
    const served = yield* Deferred.make()
    let waiting = fibers
    const one = Effect.flatMap(ask, () => (--waiting === 0 ? Deferred.succeed(served, undefined) : Effect.void))
    for (let asked = 0; asked < fibers; asked++) yield* Effect.fork(one)
    yield* Effect.sleep(serverMillis)
    yield* Deferred.succeed(gate, answer)
    yield* Deferred.await(served)
  })

const bareCrowd = Effect.flatMap(Deferred.make(), (gate) => crowd(Deferred.await(gate), gate))

/** A world with an expired login, and what has to happen in it. */
const refreshRound = async () => {
  const gate = Deferred.unsafeMake()
  const runtime = ManagedRuntime.make(layer({ files, http: () => Deferred.await(gate) }))
  const account = await runtime.runPromise(Effect.flatMap(Accounts, (accounts) => accounts.get("me")))
  const { bearer } = await runtime.runPromise(TokenResolver)
  return {
    bare: () => runtime.runPromise(bareCrowd),
    run: () => runtime.runPromise(crowd(bearer(account, "config"), gate)),
    end: async () => {
      const sent = await runtime.runPromise(Effect.flatMap(ScriptedHttp, ({ requests }) => requests))
      await runtime.dispose()
      return sent.length
    }
  }
}

/** Measures the crowds, and counts the requests of each; every refresh has a world of its own. */
export default async () => {
  const counts = []
  let world = await refreshRound()
  let isUsed = false
  const renewed = async () => {
    if (!isUsed) return
    counts.push(await world.end())
    world = await refreshRound()
    isUsed = false
  }
  const refreshed = () => {
    isUsed = true
    return world.run()
  }
  const found = await pairsOfWork({ base: () => world.bare(), subject: refreshed, prepare: renewed, rounds, warmups })
  await renewed()
  const count = fibers.toLocaleString("en")
  const note = `the most of ${counts.length} rounds`
  return [
    rowOf(`${count} fibers waiting for one refresh / ${count} bare fibers`, [1.2, 1], found),
    { goal: `refreshes for ${count} fibers`, value: Math.max(...counts), unit: "", must: 1, aim: 1, note }
  ]
}

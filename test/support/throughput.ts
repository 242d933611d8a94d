/** How much fifty clients get done with a broker in between and without one, by turns: each side in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { serveBroker } from "./broker.ts"

/** A Mixpanel that answers with 2 KB, and takes its time for it. */
const upstream = `
  const body = JSON.stringify({ results: "x".repeat(2000) })
  const server = require("node:http").createServer((request, response) => {
    request.resume()
    setTimeout(() => response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body), DELAY)
  }).listen(0, "127.0.0.1", () => console.log(server.address().port))`

/** Clients that ask again as soon as they are answered; prints how many answers came in a second and a half. */
const clients = `
  const [url, token, count] = process.argv.slice(1)
  const until = Date.now() + 1500
  let done = 0
  const one = async () => {
    while (Date.now() < until) {
      const response = await fetch(url + "/api/query/events/names?type=general&project_id=3018488", { headers: { authorization: "Bearer " + token } })
      if (response.status !== 200) throw new Error(String(response.status))
      await response.text()
      done++
    }
  }
  Promise.all(Array.from({ length: Number(count) }, one)).then(() => console.log(done))`

const lineOf = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error("no stdout")
  const [piece] = await once(child.stdout, "data")
  return String(piece).trim()
}

const started = (script: string, ...args: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, ["-e", script, ...args], { stdio: ["ignore", "pipe", "inherit"] })

interface Asked {
  readonly home: string
  readonly clients: number
  readonly rounds: number
  /** A ratio after which no further round is needed. */
  readonly enough: number
  /** Milliseconds that an answer takes. */
  readonly delay: number
}

/** Brokered answers by direct ones, round by round, until one is enough. */
export const ratiosOf = ({
  clients: count,
  delay,
  enough,
  home,
  rounds
}: Asked): Effect.Effect<ReadonlyArray<number>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => started(upstream.replace("DELAY", String(delay)))),
      (child) => Effect.sync(() => void child.kill("SIGKILL"))
    )
    const url = `http://127.0.0.1:${yield* Effect.promise(() => lineOf(server))}`
    const broker = yield* serveBroker(["--port", "0"], { home, env: { MP_API_BASE_URL: url } })
    const measured = (at: string, token: string) =>
      Effect.promise(async () => Number(await lineOf(started(clients, at, token, String(count)))))
    yield* measured(broker.url, broker.token)
    const ratios: Array<number> = []
    while (ratios.length < rounds && Math.max(0, ...ratios) < enough) {
      const direct = yield* measured(url, "x")
      ratios.push((yield* measured(broker.url, broker.token)) / direct)
    }
    return ratios
  })

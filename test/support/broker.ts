/** A broker that runs, and a Mixpanel that repeats whatever it is sent. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, request as send } from "node:http"
import type { AddressInfo } from "node:net"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { builtMp } from "./builtMp.ts"
import type { RunOptions } from "./mp.ts"
import { mpEnvironment } from "./mpEnvironment.ts"

/** The session that brokers of the tests lend: of a service account, whose secret no guest may ever see. */
export const project = "3018488"
export const secret = "a-secret-of-thirty-two-characters"
export const basic = Buffer.from(`team.user:${secret}`).toString("base64")
export const teamConfig = `[active]
account = "team"

[accounts.team]
type = "service_account"
region = "us"
default_project = "${project}"
username = "team.user"
secret = "${secret}"
`

/** What a request looked like when it came in. */
interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

export interface EchoServer {
  readonly url: string
  readonly seen: Array<Seen>
}

/** Tells in headers and body all that it was sent, the credential included. */
export const echoServer: Effect.Effect<EchoServer, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(async () => {
    const seen: Array<Seen> = []
    const server = createServer(async (request, response) => {
      const told = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: await text(request)
      }
      seen.push(told)
      const { authorization = "" } = request.headers
      response.writeHead(request.url?.startsWith("/api/query/moved") === true ? 302 : 200, {
        "content-type": "application/json",
        location: `https://elsewhere.example/?token=${authorization}`,
        "set-cookie": `session=${authorization}`,
        "x-repeated": authorization
      })
      response.end(JSON.stringify(told))
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    return { server, seen }
  }),
  ({ server }) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
).pipe(Effect.map(({ seen, server }) => ({ seen, url: `http://127.0.0.1:${portOf(server.address())}` })))

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === "object" && address !== null ? address.port : 0

/** What `mp broker serve` says of itself. */
export interface ServedBroker {
  readonly url: string
  readonly socket: string
  readonly token: string
  readonly child: ChildProcess
  readonly stderr: () => string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Starts `mp … broker serve …` and waits for its line; it is killed when the scope closes. */
export const serveBroker = (
  args: ReadonlyArray<string>,
  { env = {}, home }: RunOptions
): Effect.Effect<ServedBroker, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [builtMp, "broker", "serve", ...args], {
        cwd: home,
        env: { ...mpEnvironment(home), ...env },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let said = ""
      child.stderr.on("data", (piece: Buffer) => {
        said += piece.toString()
      })
      const ended = once(child, "exit").then(([code, signal]) => code ?? signal)
      const line = await Promise.race([
        once(child.stdout, "data").then(([piece]) => String(piece)),
        once(child, "close").then(() => Promise.reject(new Error(`the broker ended: ${said}`)))
      ])
      return { url: "", socket: "", token: "", ...JSON.parse(line), child, stderr: () => said, ended }
    }),
    ({ child }) => Effect.sync(() => void child.kill("SIGKILL"))
  )

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One request to a broker, with its token unless other headers are given. */
export const ask = (
  { socket, token, url }: Pick<ServedBroker, "socket" | "token" | "url">,
  path: string,
  { body, headers = token === "" ? {} : { authorization: `Bearer ${token}` }, method = "GET" }: Asked = {}
): Effect.Effect<Told> =>
  Effect.promise(
    () =>
      new Promise<Told>((resolve, reject) => {
        const place = socket === "" ? { host: "127.0.0.1", port: new URL(url).port } : { socketPath: socket }
        const outgoing = send({ ...place, path, method, headers, agent: false }, (response) => {
          text(response).then(
            (got) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: got }),
            reject
          )
        })
        outgoing.on("error", reject)
        outgoing.end(body)
      })
  )

/** Bytes as they are, and all that comes back until the connection ends or half a second passes in silence. */
export const raw = (
  { socket, url }: Pick<ServedBroker, "socket" | "url">,
  bytes: string | Buffer
): Effect.Effect<string> =>
  Effect.promise(
    () =>
      new Promise<string>((resolve) => {
        const socketOf = socket === "" ? connect(Number(new URL(url).port), "127.0.0.1") : connect(socket)
        let got = ""
        const end = () => {
          socketOf.destroy()
          resolve(got)
        }
        socketOf.setTimeout(500, end)
        socketOf.on("data", (piece) => {
          got += piece.toString("latin1")
        })
        socketOf.on("error", end)
        socketOf.on("close", end)
        socketOf.write(bytes)
      })
  )

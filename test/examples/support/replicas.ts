/** Two processes of the example, behind one address: the test says which of them answers. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { createServer, request, type Server } from "node:http"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { portOf } from "#src/layers/sandbox/SandboxHttp.ts"
import { root } from "../../package/support/project.ts"

interface Replica {
  readonly port: number
  /** All that it said. */
  readonly log: () => string
}

export interface Replicas {
  /** Where browsers find the application. */
  readonly url: string
  /** Which replica answered which path, in order. */
  readonly answered: ReadonlyArray<readonly [path: string, replica: number]>
  readonly log: () => string
  /** The text of the tokens of a tenant; `""` where there are none. */
  readonly tokens: (tenant: string) => Effect.Effect<string>
}

const scoped = <A>(acquire: () => Promise<A>, release: (value: A) => Promise<unknown>) =>
  Effect.acquireRelease(Effect.promise(acquire), (value) => Effect.promise(() => release(value)))

const listen = (server: Server) =>
  new Promise<number>((resolve) => server.listen(0, "127.0.0.1", () => resolve(portOf(server))))

/** A port that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

const start = async (env: Readonly<Record<string, string>>): Promise<Replica & { readonly child: ChildProcess }> => {
  const port = await freePort()
  const child = spawn(process.execPath, ["--import", "tsx", "examples/web-login/server.ts"], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let said = ""
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes("Listening on")) resolve()
    }
    child.stdout.on("data", take)
    child.stderr.on("data", take)
    child.once("close", (code) => reject(new Error(`the example ended with ${code}:\n${said}`)))
  })
  return { child, port, log: () => said }
}

const end = async ({ child }: { readonly child: ChildProcess }): Promise<void> => {
  if (child.exitCode !== null) return
  const closed = once(child, "close")
  child.kill("SIGTERM")
  await closed
}

/** `/connect` and `/callback` are answered by different replicas; what else comes, by each in turn. */
const replicaFor = (path: string, turn: number): number => {
  if (path.endsWith("/connect")) return 0
  return path === "/callback" ? 1 : turn % 2
}

/** The example twice, with the sandbox for Mixpanel and one directory for the tokens of all tenants. */
export const replicas = (
  mixpanel: string,
  variables: (directory: string) => Readonly<Record<string, string>>
): Effect.Effect<Replicas, never, Scope.Scope> =>
  Effect.gen(function* () {
    const directory = yield* scoped(
      () => mkdtemp(join(tmpdir(), "mp-web-login-")),
      (path) => rm(path, { recursive: true, force: true })
    )
    const answered: Array<readonly [string, number]> = []
    let ports: ReadonlyArray<number> = []
    const front = createServer((incoming, response) => {
      const path = (incoming.url ?? "").split("?", 1)[0] ?? ""
      const replica = replicaFor(path, answered.length)
      answered.push([path, replica])
      const { headers, method, url } = incoming
      incoming.pipe(
        request({ host: "127.0.0.1", port: ports[replica], path: url, method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        }).once("error", () => response.writeHead(502).end())
      )
    })
    const port = yield* scoped(
      () => listen(front),
      async () => void front.close().closeAllConnections()
    )
    const url = `http://localhost:${port}`
    const env = {
      HOME: join(directory, "home"),
      MP_STORAGE_DIR: join(directory, "tenants"),
      MP_API_BASE_URL: mixpanel,
      PUBLIC_URL: url,
      ...variables(directory)
    }
    const both = yield* Effect.all([scoped(() => start(env), end), scoped(() => start(env), end)], { concurrency: 2 })
    ports = both.map((replica) => replica.port)
    return {
      url,
      answered,
      log: () => both.map(({ log }) => log()).join(""),
      tokens: (tenant) =>
        Effect.promise(() =>
          readFile(join(directory, "tenants/accounts", tenant, "tokens.json"), "utf8").catch(() => "")
        )
    }
  })

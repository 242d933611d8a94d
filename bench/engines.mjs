/** A Redis and a Postgres of this benchmark's own: on a free port, in a directory of its own, gone afterwards. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { accessSync, chmodSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Debian keeps the programs of each version of Postgres in a directory that is in nobody's PATH. */
const versions = "/usr/lib/postgresql"
const ofVersions = existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, "bin")) : []
const places = [...process.env.PATH.split(delimiter), ...ofVersions]

/** Where the programs are that an engine needs; `undefined` where one is missing. */
export const placeOf = (...programs) =>
  places.find((directory) => programs.every((name) => isProgram(join(directory, name))))

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  server.close()
  await once(server, "close")
  return port
}

const listening = async (port) => {
  for (let tries = 0; tries < 300; tries++) {
    const socket = connect(port, "127.0.0.1")
    const isThere = await Promise.race([
      once(socket, "connect"),
      once(socket, "error").then(
        () => null,
        () => null
      )
    ]).catch(() => null)
    socket.destroy()
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`Nothing listens on port ${port}.`)
}

const withServer = async (words, { directory, port, signal }, use) => {
  const [program, ...args] = words
  const server = spawn(program, args, { stdio: "ignore", cwd: directory })
  try {
    await listening(port)
    return await use(port)
  } finally {
    server.kill(signal)
    if (server.exitCode === null) await once(server, "exit")
    rmSync(directory, { recursive: true, force: true })
  }
}

const newDirectory = () => mkdtempSync(join(tmpdir(), "mp-engine-"))

export const withRedis = async (use) => {
  const [directory, port] = [newDirectory(), await freePort()]
  const settings = ["--port", port, "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "yes"]
  const words = [join(placeOf("redis-server"), "redis-server"), ...settings.map(String)]
  return withServer(words, { directory, port, signal: "SIGTERM" }, use)
}

/** Postgres does not run as root; Debian's package has made a user for it. */
const asPostgres = process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []

export const withPostgres = async (use) => {
  const [directory, port] = [newDirectory(), await freePort()]
  const bin = placeOf("initdb", "postgres")
  const data = join(directory, "data")
  chmodSync(directory, 0o777)
  const [first, ...args] = [
    ...asPostgres,
    join(bin, "initdb"),
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8"
  ]
  execFileSync(first, args, { stdio: "ignore", cwd: directory })
  const settings = ["-D", data, "-p", `${port}`, "-k", directory, "-c", "listen_addresses=127.0.0.1"]
  return withServer([...asPostgres, join(bin, "postgres"), ...settings], { directory, port, signal: "SIGINT" }, use)
}

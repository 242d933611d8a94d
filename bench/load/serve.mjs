/** The two ends of a server in a process of its own: it is asked by messages, and ends with whoever started it. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** Lets a server listen, and answers the questions of its parent: a function for each. */
export const serve = async (server, answers) => {
  server.keepAliveTimeout = 60_000
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  process.on("message", ({ id, name, value }) => process.send({ id, answer: answers[name](value) ?? null }))
  process.once("disconnect", () => process.exit())
  process.send({ url: `http://127.0.0.1:${server.address().port}` })
}

/** Starts a module that serves. `ask(name, value)` puts a question to it, `stop` ends it. */
export const start = async (module, args, env) => {
  const path = fileURLToPath(new URL(module, import.meta.url))
  const child = fork(path, args, { env: { PATH: process.env.PATH, ...env }, execArgv: [] })
  const waiting = new Map()
  child.on("message", ({ answer, id }) => waiting.get(id)?.(answer))
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`${module} ended with ${code}`)))
  const [{ url }] = await Promise.race([once(child, "message"), ended])
  let asked = 0
  const ask = (name, value) => {
    const id = asked++
    const answered = new Promise((resolve) => waiting.set(id, resolve))
    child.send({ id, name, value })
    return Promise.race([answered, ended]).finally(() => waiting.delete(id))
  }
  const stop = async () => {
    if (child.connected) child.disconnect()
    await ended.catch(() => undefined)
  }
  return { url, ask, stop }
}

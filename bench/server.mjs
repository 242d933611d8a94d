/** A server in a process of its own, so that its work is not counted: a small JSON answer to everything. */
import { fork } from "node:child_process"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"

const body = JSON.stringify({ results: Array.from({ length: 20 }, (_, n) => `Event ${n}`) })

const serve = () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    response.end(body)
  })
  server.listen(0, "127.0.0.1", () => process.send(server.address().port))
  process.on("disconnect", () => process.exit())
}

/** Runs `use` with the server's origin; the server ends with it. */
export const withServer = async (use) => {
  const child = fork(fileURLToPath(import.meta.url), { execArgv: [] })
  try {
    const port = await new Promise((resolve, reject) => {
      child.once("message", resolve)
      child.once("error", reject)
      child.once("exit", (code) => reject(new Error(`The server ended with ${code}.`)))
    })
    return await use(`http://127.0.0.1:${port}`)
  } finally {
    child.disconnect()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve()

/** A server in a process of its own, so that its work is not counted. */
import { fork } from "node:child_process"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"

const events = Array.from({ length: 20 }, (_, n) => `Event ${n}`)
const project = { name: "Shop", domain: "mixpanel.com", organization_id: 1, workspaces: {} }
const me = { user_id: 1, user_email: "me@example.com", organizations: {}, projects: { 3713224: project } }

/** What is answered to a path that ends so; 64 MiB to the export. */
const answers = {
  "/me": JSON.stringify({ status: "ok", results: me }),
  "/events/names": JSON.stringify(events)
}
const results = JSON.stringify({ results: events })
const chunk = Buffer.alloc(65_536, "x")
export const exportedMiB = 64

/** How long the authorization server thinks: what a refresh takes beyond that is ours. */
export const tokenMillis = 20
let issued = 0

const token = (response) => {
  issued += 1
  const tokens = { access_token: `access-${issued}`, refresh_token: `refresh-${issued}`, expires_in: 3600 }
  response.writeHead(200, { "content-type": "application/json" })
  response.end(JSON.stringify({ ...tokens, token_type: "Bearer" }))
}

const exported = (response) => {
  let left = exportedMiB * 16
  response.writeHead(200, { "content-type": "text/plain" })
  const more = () => {
    while (left-- > 0) if (!response.write(chunk)) return response.once("drain", more)
    response.end()
  }
  more()
}

const serve = () => {
  const server = createServer((request, response) => {
    const path = request.url.split("?")[0].replace(/\/$/, "")
    if (path.endsWith("/export")) return exported(response)
    if (path.endsWith("/token")) return void setTimeout(token, tokenMillis, response)
    const [, body = results] = Object.entries(answers).find(([end]) => path.endsWith(end)) ?? []
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    response.end(body)
  })
  server.keepAliveTimeout = 60_000
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

import { createServer } from "node:net"
import { Effect } from "effect"

/** A port that was free a moment ago. */
export const freePort = Effect.async<number>((resume) => {
  const server = createServer().once("error", (error) => resume(Effect.die(error)))
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

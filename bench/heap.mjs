/** Prints the bytes in use of a program that has resolved a session from the configuration that it is given. */
import * as Effect from "effect/Effect"
import { SessionResolver } from "../dist/index.js"
import { runtimeOf } from "./machine.mjs"

const program = runtimeOf(process.argv[2])
const session = await program.runPromise(Effect.flatMap(SessionResolver, (resolver) => resolver.session()))
globalThis.gc()
const { heapUsed } = process.memoryUsage()
await program.dispose()
// The session is named after the measurement, so that it is still held during it.
if (session.account.name !== "a1") throw new Error("another session was expected")
console.log(heapUsed)

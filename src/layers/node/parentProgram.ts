/** The program that started this one: it gets what is printed. */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import type { Program } from "../../services/platform/OwnProgram.ts"

/** Its name is known on Linux only. The words of its command line, which may be secrets, are not looked at. */
export const parentProgram: Effect.Effect<Program> = Effect.sync(() => ({
  name: process.platform === "linux" ? nameOf(process.ppid) : null,
  pid: process.ppid
}))

const nameOf = (pid: number): string | null => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd()
  } catch {
    return null
  }
}

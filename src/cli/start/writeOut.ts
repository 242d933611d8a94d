/** Writes what a command has to say. */
import { writeSync } from "../app/writeSync.ts"
import type { FastOutcome } from "./FastCommand.ts"

/** `false` when the very first byte could not be written: the main program then tells what is wrong. */
export const writeOut = (written: FastOutcome["written"]): boolean => {
  for (const [index, { text, to }] of written.entries()) {
    const bytes = Buffer.from(text)
    const { code, rest } = writeSync(to, bytes)
    // Nobody reads any more (`mp … | head -1`): nobody is left to tell.
    if (rest.length === 0 || code === "EPIPE") continue
    if (index === 0 && rest.length === bytes.length && code !== "EAGAIN") return false
    // The streams wait until they can write, and say what is wrong when they cannot.
    process[to].write(rest)
    for (const later of written.slice(index + 1)) process[later.to].write(later.text)
    return true
  }
  return true
}

/** How wide a stream is that is a terminal. */
export const columnsOf = (to: "stdout" | "stderr"): number => process[to].columns

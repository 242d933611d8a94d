/** A file that somebody else keeps up to date, such as a mount of Kubernetes: the checks are made on what was opened. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs"
import * as Effect from "effect/Effect"
import { maxAnswerBytes } from "../../../domain/account/CredentialSource.ts"
import type { SourceProblem } from "../../../domain/account/CredentialSourceFailed.ts"
import { command } from "../../../domain/hints/Command.ts"
import { meaningOf } from "../../../domain/internal/errno.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"
import { sourceProblem } from "../../../services/platform/ExternalSecrets.ts"

const tooLarge = sourceProblem("is larger than 64 KiB")

const notText = sourceProblem("is not valid UTF-8")

const unreadable = (error: unknown): SourceProblem => {
  const code = codeOf(error) ?? "UNKNOWN"
  return sourceProblem(code === "ENOENT" ? "does not exist" : `cannot be read: ${meaningOf(code)}`)
}

/** A pipe is not waited for: it is opened without blocking, and refused. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** The text of the file at a path, or why it is refused. */
export const readTokenFile = (path: string): Effect.Effect<string, SourceProblem> =>
  Effect.acquireUseRelease(
    Effect.try({ try: () => openSync(path, flags), catch: unreadable }),
    (descriptor) => Effect.flatten(Effect.try({ try: () => textOf(path, descriptor), catch: unreadable })),
    (descriptor) => Effect.sync(() => closeSync(descriptor))
  )

const textOf = (path: string, descriptor: number): Effect.Effect<string, SourceProblem> => {
  const facts = fstatSync(descriptor)
  if (!facts.isFile()) return Effect.fail(sourceProblem("is not a regular file"))
  if (process.platform !== "win32" && (facts.mode & 0o022) !== 0) {
    const mode = (facts.mode & 0o7777).toString(8).padStart(4, "0")
    return Effect.fail(sourceProblem(`can be written by others (mode ${mode})`, { fix: command`chmod go-w ${path}` }))
  }
  const bytes = Buffer.alloc(maxAnswerBytes + 1)
  let length = 0
  for (let read = -1; read !== 0 && length <= maxAnswerBytes; length += read) {
    read = readSync(descriptor, bytes, length, bytes.byteLength - length, null)
  }
  if (length > maxAnswerBytes) return Effect.fail(tooLarge)
  return Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length)),
    catch: () => notText
  })
}

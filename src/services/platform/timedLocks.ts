import * as Effect from "effect/Effect"
import type { CredentialFilesShape } from "./CredentialFiles.ts"
import { lockWaited, timed } from "./metrics.ts"

/** Each operation is that of `files`, called on it: it may be an instance of a class. */
export const timedLocks = (files: CredentialFilesShape): CredentialFilesShape => ({
  read: (path, limit) => files.read(path, limit),
  list: (directory) => files.list(directory),
  write: (path, text, limit) => files.write(path, text, limit),
  reserve: (path, bytes) => files.reserve(path, bytes),
  remove: (path) => files.remove(path),
  append: (path, line, limit) => files.append(path, line, limit),
  withLock: (path, options) => (use) =>
    timed((watch) => {
      let isOver = false
      const over = Effect.suspend(() => {
        if (isOver) return Effect.void
        isOver = true
        return lockWaited(watch)
      })
      return Effect.ensuring(
        files.withLock(path, options)((lock) => Effect.zipRight(over, use(lock))),
        over
      )
    })
})

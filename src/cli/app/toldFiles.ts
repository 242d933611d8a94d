/** Files that say what is done with them, for `--verbose`. */
import * as Effect from "effect/Effect"
import type { CredentialFilesShape } from "../../services/platform/CredentialFiles.ts"

export const toldFiles = (files: CredentialFilesShape): CredentialFilesShape => ({
  ...files,
  read: (path) =>
    Effect.tap(files.read(path), (content) =>
      Effect.logDebug(`read ${path}${content._tag === "None" ? ": not there" : ""}`)
    ),
  write: (path, content) => Effect.zipLeft(files.write(path, content), Effect.logDebug(`wrote ${path}`)),
  remove: (path) => Effect.tap(files.remove(path), (was) => (was ? Effect.logDebug(`removed ${path}`) : Effect.void))
})

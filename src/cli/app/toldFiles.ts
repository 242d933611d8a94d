/** Files that say what is done with them, for `--verbose`. */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { CredentialFiles, type CredentialFilesShape } from "../../services/platform/CredentialFiles.ts"
import type { Format } from "./formats.ts"
import { verbosely } from "./logging.ts"
import type { Terminal } from "./Terminal.ts"

/** What is read, written and asked is said on stderr. */
export const toldOn =
  (format: Option.Option<Format>) =>
  <A, E, R>(command: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | CredentialFiles | Terminal> =>
    Effect.flatMap(CredentialFiles, (files) =>
      Effect.provideService(command, CredentialFiles, toldFiles(files)).pipe(verbosely(format))
    )

const toldFiles = (files: CredentialFilesShape): CredentialFilesShape => ({
  ...files,
  read: (path) =>
    Effect.tap(files.read(path), (content) =>
      Effect.logDebug(`read ${path}${content._tag === "None" ? ": not there" : ""}`)
    ),
  write: (path, content) => Effect.zipLeft(files.write(path, content), Effect.logDebug(`wrote ${path}`)),
  remove: (path) => Effect.tap(files.remove(path), (was) => (was ? Effect.logDebug(`removed ${path}`) : Effect.void))
})

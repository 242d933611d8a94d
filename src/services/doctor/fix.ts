/** The repairs that are safe to make without asking. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { clearActive } from "../../domain/config/edits/Edit.ts"
import { withToml } from "../../domain/config/ConfigDocument.ts"
import type { Edit } from "../../domain/config/ConfigEdits.ts"
import type { Repair } from "../../domain/doctor/Finding.ts"
import type { EditError, FileError, LockError } from "../../domain/errors.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { FileInspector } from "../platform/FileInspector.ts"

type RepairError = EditError | FileError | LockError

export const fix = (
  repair: Repair
): Effect.Effect<unknown, RepairError, ConfigStore | CredentialFiles | FileInspector> => {
  switch (repair.kind) {
    case "chmod":
      return Effect.flatMap(FileInspector, ({ chmod }) => chmod(repair.path, repair.mode))
    case "discard":
      return Effect.flatMap(FileInspector, ({ discard }) => discard(repair.path))
    case "release":
      return Effect.flatMap(FileInspector, ({ release }) => release(repair.path))
    case "stripMark":
      return removeBom(repair.path)
    case "clearActive":
      return Effect.flatMap(ConfigStore, ({ modify }) => modify(clearing(repair.keys)))
  }
}

const removeBom = (path: string): Effect.Effect<void, FileError | LockError, CredentialFiles> =>
  Effect.flatMap(CredentialFiles, (files) =>
    files.withLock(path)(() =>
      Effect.flatMap(
        files.read(path),
        Option.match({
          onNone: () => Effect.void,
          onSome: (text) => (text.startsWith("\uFEFF") ? files.write(path, text.replace(/^\uFEFF+/, "")) : Effect.void)
        })
      )
    )
  )

const clearing =
  (keys: ReadonlyArray<string>): Edit<void> =>
  (document) =>
    Either.right({ document: withToml(document, clearActive(document.toml, keys)), result: undefined })

import { command } from "#src/domain/hints/Command.ts"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FileError } from "#src/domain/errors.ts"
import { layerWith as diskWith } from "#src/layers/node/files/DiskFiles.ts"
import { blockingOps } from "#src/layers/node/files/BlockingOps.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { contract } from "./CredentialFiles.contract.ts"
import { layerAt, opsAt, temporaryDirectory } from "./node/files/support.ts"

describe("on disk", () => contract({ layer: layerAt("/nonexistent"), directory: temporaryDirectory }))

describe("on disk, with calls that are answered at once", () =>
  contract({ layer: diskWith(opsAt("/nonexistent", blockingOps)), directory: temporaryDirectory }))

describe("in memory", () => contract({ layer: MemoryFiles.layer, directory: Effect.succeed("/memory/home") }))

describe("the control of the memory", () => {
  it.effect("shows, plants and obstructs", () =>
    Effect.gen(function* () {
      const files = yield* CredentialFiles
      const control = yield* MemoryFiles.MemoryFilesControl
      yield* control.plant("/home/b", "2")
      expect(yield* control.snapshot).toEqual({ "/home/a": "1", "/home/b": "2" })
      const full = new FileError({ path: "/home/a", problem: "no_space", reason: "is full", fix: command`df -h` })
      yield* control.obstruct("/home/a", full)
      expect(yield* Effect.flip(Effect.scoped(files.reserve("/home/a", 10)))).toBe(full)
      yield* control.obstruct("/home/a", null)
      expect(yield* files.read("/home/a")).toEqual(Option.some("1"))
    }).pipe(Effect.provide(MemoryFiles.layerWith({ "/home/a": "1" })))
  )
})

/** This repository, as the package's tests see it. */
import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** Where `package.json` is. */
export const root = fileURLToPath(new URL("../../..", import.meta.url))

const Manifest = Schema.parseJson(
  Schema.Struct({
    version: Schema.String,
    bin: Schema.Struct({ mp: Schema.String }),
    exports: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
    peerDependencies: Schema.Record({ key: Schema.String, value: Schema.String }),
    devDependencies: Schema.Record({ key: Schema.String, value: Schema.String })
  })
)

export const manifest = Schema.decodeUnknownSync(Manifest)(readFileSync(join(root, "package.json"), "utf8"))

/** Packages in exactly the versions that this repository is built with: `name@version`. */
export const pinned = (...names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.map((name) => `${name}@${manifest.devDependencies[name]}`)

/** A program of a development dependency. */
export const tool = (name: string): string => join(root, "node_modules", ".bin", name)

/** An empty directory that is gone when the scope closes. */
export const temporaryDirectory = (parent: string = tmpdir()): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(parent, "mp-package-"))),
    (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
  )

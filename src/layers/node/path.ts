/** `Path` over `node:path`. That of `@effect/platform-node` would make the entry for Node need the package for files alone. */
import { BadArgument } from "@effect/platform/Error"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodePath from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const attempt = <A>(method: string, convert: () => A) =>
  Effect.try({
    try: convert,
    catch: (cause) => new BadArgument({ module: "Path", method, cause })
  })

export const nodePath = Path.Path.of({
  ...NodePath,
  [Path.TypeId]: Path.TypeId,
  fromFileUrl: (url) => attempt("fromFileUrl", () => fileURLToPath(url)),
  toFileUrl: (path) => attempt("toFileUrl", () => pathToFileURL(path))
})

export const layer: Layer.Layer<Path.Path> = Layer.succeed(Path.Path, nodePath)

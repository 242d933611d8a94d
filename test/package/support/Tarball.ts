/** What `npm pack` makes of the `dist` that is there, and its content in a directory. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { output } from "./command.ts"
import { root, temporaryDirectory } from "./project.ts"

const PackedFile = Schema.Struct({ path: Schema.String, mode: Schema.Number })

const decodeReport = Schema.decodeUnknown(
  Schema.parseJson(Schema.Tuple(Schema.Struct({ filename: Schema.String, files: Schema.Array(PackedFile) })))
)

const make = Effect.gen(function* () {
  // To build here would pull `dist` from under the tests that run at the same time.
  if (!existsSync(join(root, "dist", "index.js"))) {
    return yield* Effect.dieMessage("dist/ holds no library to pack: run `npm run build` first.")
  }
  const directory = yield* temporaryDirectory()
  const said = yield* output("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", directory], {
    cwd: root
  })
  const [{ filename, files }] = yield* decodeReport(said)
  const path = join(directory, filename)
  yield* output("tar", ["-xzf", path], { cwd: directory })
  return { path, files, content: join(directory, "package") }
})

/** The packed package. */
export class Tarball extends Context.Tag("test/Tarball")<
  Tarball,
  {
    readonly path: string
    readonly files: ReadonlyArray<typeof PackedFile.Type>
    /** A directory with the unpacked files. */
    readonly content: string
  }
>() {
  static readonly layer = Layer.scoped(Tarball, make)
}

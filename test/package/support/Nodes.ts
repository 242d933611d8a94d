/**
 * The releases of Node that the package runs on. That of the tests is taken as it is; the others come from the npm
 * registry, once for each `npm ci`.
 */
import { existsSync } from "node:fs"
import { mkdir, rename } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { output } from "./command.ts"
import { root, temporaryDirectory } from "./project.ts"

/** The lowest release of each major version is the one that `engines` allows. */
const ranges = { 20: "^20.19.0", 22: "^22.0.0", 24: "^24.0.0" } as const

export type Major = keyof typeof ranges
export const majors: ReadonlyArray<Major> = [20, 22, 24]

/** Without this release the tests would prove less than they say. */
class NodeUnavailable extends Data.TaggedError("NodeUnavailable")<{
  readonly major: Major
  readonly cause: Error
}> {
  override get message(): string {
    return `Node ${this.major} cannot be had, neither as the one that runs this nor as the package ${specifier(this.major)}: ${this.cause.message}`
  }
}

/** The package with the executable for this machine. That for Apple's processors goes by another name. */
const specifier = (major: Major): string => {
  const { arch, platform } = process
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node"
  return `${prefix}-${platform}-${arch}@${ranges[major]}`
}

const decodeReport = Schema.decodeUnknown(
  Schema.parseJson(Schema.Tuple(Schema.Struct({ filename: Schema.String, version: Schema.String })))
)

const cache = join(root, "node_modules", ".cache", "node")

/**
 * Puts the executable of a release into the cache, and nothing else: an installed package of Node is half as large
 * again and takes three times as long. It arrives beside its place, so that half of one is never taken for a whole.
 */
const download = (major: Major, binary: string) =>
  Effect.gen(function* () {
    yield* Effect.promise(() => mkdir(dirname(binary), { recursive: true }))
    const directory = yield* temporaryDirectory(cache)
    // With the environment of the tests: npm's settings say where its registry and its own cache are.
    const said = yield* output("npm", ["pack", specifier(major), "--json"], { cwd: directory })
    const [{ filename }] = yield* decodeReport(said)
    const executable = "package/bin/node"
    yield* output("tar", ["-xzf", filename, executable], { cwd: directory })
    yield* Effect.promise(() => rename(join(directory, executable), binary))
  }).pipe(Effect.scoped)

const find = (major: Major) =>
  Effect.gen(function* () {
    if (process.versions.node.startsWith(`${major}.`)) return process.execPath
    const binary = join(cache, String(major), "node")
    if (!existsSync(binary)) yield* download(major, binary)
    yield* output(binary, ["-e", `process.exitCode = process.versions.node.startsWith("${major}.") ? 0 : 1`], {
      cwd: root
    })
    return binary
  }).pipe(Effect.mapError((cause) => new NodeUnavailable({ major, cause })))

/** The executable of each release; each is called `node`, so that its directory can stand in a `PATH`. */
export class Nodes extends Context.Tag("test/Nodes")<Nodes, (major: Major) => string>() {
  static readonly layer = Layer.effect(
    Nodes,
    Effect.map(
      Effect.all({ 20: find(20), 22: find(22), 24: find(24) }, { concurrency: 2 }),
      (found) => (major) => found[major]
    )
  )
}

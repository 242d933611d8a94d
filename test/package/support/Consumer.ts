/** A project of a user of the library: the tarball, all peers, the examples, and the tools to check and run them. */
import { cp, symlink, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { modules } from "../../docs/support/examples.ts"
import type { Outcome } from "../../support/mp.ts"
import { output, run } from "./command.ts"
import { type Major, Nodes } from "./Nodes.ts"
import { manifest, pinned, root, temporaryDirectory } from "./project.ts"
import { Tarball } from "./Tarball.ts"

const installers = {
  npm: ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"],
  // Its store is the project's own: no test writes to the home of who runs it.
  pnpm: ["npx", "--yes", "pnpm@10", "add", "--ignore-scripts", "--store-dir", ".pnpm-store"]
} as const

/** The first version that each range allows, or the last. */
const peers = {
  lowest: ([name, range]: [string, string]) => `${name}@${/\d+\.\d+\.\d+/.exec(range)?.[0]}`,
  latest: ([name, range]: [string, string]) => `${name}@${range}`
} as const

export interface Kind {
  readonly manager: keyof typeof installers
  readonly peers: keyof typeof peers
  readonly major: Major
}

const packages = (kind: Kind): ReadonlyArray<string> => [
  ...Object.entries(manifest.peerDependencies).map(peers[kind.peers]),
  ...pinned("@effect/opentelemetry", "@effect/sql-pg", "@effect/vitest", "@opentelemetry/sdk-trace-base", "@types/pg"),
  ...pinned("tsx", "typescript", "vitest"),
  `@types/node@${kind.major}`,
  // The declarations of @effect/platform-node name those of ws.
  "@types/ws@8"
]

/** The examples do not import every entry; this does. */
const everyEntry = Object.keys(manifest.exports)
  .filter((path) => !/\*|\.json$/.test(path))
  .map((path, index) => `export * as entry${index} from "effect-mixpanel${path.slice(1)}"\n`)
  .join("")

const make = (kind: Kind) =>
  Effect.gen(function* () {
    const { path } = yield* Tarball
    const node = (yield* Nodes)(kind.major)
    const directory = yield* temporaryDirectory()
    const consumer = fileURLToPath(new URL("../consumer", import.meta.url))
    yield* Effect.promise(async () => {
      await cp(consumer, directory, { recursive: true })
      for (const name of ["README.md", "docs/from-python.md", "examples"])
        await cp(join(root, name), join(directory, name), { recursive: true })
      await writeFile(join(directory, "examples/support/everyEntry.ts"), everyEntry)
      for (const [file, { text }] of modules) await writeFile(join(directory, "examples/support", basename(file)), text)
      // Where the commands of README.md find mp in a clone.
      await symlink("node_modules/effect-mixpanel/dist", join(directory, "dist"))
    })
    const [command, ...args] = installers[kind.manager]
    yield* output(command, [...args, path, ...packages(kind)], { cwd: directory })
    const env = { PATH: `${dirname(node)}:/usr/bin:/bin` }
    return (...args: ReadonlyArray<string>) => run(node, args, { cwd: directory, env })
  })

/** Runs a script of the project on its release of Node. */
export class Consumer extends Context.Tag("test/Consumer")<
  Consumer,
  (...args: ReadonlyArray<string>) => Effect.Effect<Outcome>
>() {
  static readonly layer = (kind: Kind) => Layer.scoped(Consumer, make(kind))
}

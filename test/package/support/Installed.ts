/** The tarball, installed into directories that were empty: what its users have. */
import { cp, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Outcome } from "../../support/mp.ts"
import { output, run } from "./command.ts"
import { pinned, temporaryDirectory, tool } from "./project.ts"
import { Tarball } from "./Tarball.ts"

const consumer = fileURLToPath(new URL("../consumer", import.meta.url))

const install = (directory: string, args: ReadonlyArray<string>) =>
  // What `npm ci` has fetched for the tests is in npm's cache already.
  output("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", ...args], {
    cwd: directory
  })

/** What an app is told that has not installed what an entry needs. */
const imports = `
import { Effect, Redacted } from "effect"
import * as library from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
const account = new library.ServiceAccount({ name: "a", username: "u", secret: Redacted.make("s"), region: "us" })
const session = new library.Session({ account, project: new library.Project({ id: "1" }) })
const told = ({ message }) => console.log(message)
await Effect.runPromise(Effect.provide(Effect.flatMap(library.Mixpanel, ({ me }) => me(session)), layer)).catch(told)
await import("effect-mixpanel/cli").catch(told)`

/** A project of a user of the library, with the peers of `/node`, what it said without them, and what its type check said. */
const project = Effect.gen(function* () {
  const { path } = yield* Tarball
  const directory = yield* temporaryDirectory()
  yield* Effect.promise(() => cp(consumer, directory, { recursive: true }))
  yield* install(directory, [path, ...pinned("effect", "@effect/platform", "@types/node")])
  const withoutPlatformNode = yield* run("node", ["--input-type=module", "-e", imports], { cwd: directory })
  yield* install(directory, pinned("@effect/platform-node"))
  return { directory, withoutPlatformNode, typeCheck: yield* run(tool("tsc"), ["-p", "."], { cwd: directory }) }
})

/** `mp` and what it depends on, without the peers of the library. */
const alone = Effect.gen(function* () {
  const { path } = yield* Tarball
  const directory = yield* temporaryDirectory()
  yield* Effect.promise(() => writeFile(join(directory, "package.json"), '{ "private": true }'))
  yield* install(directory, ["--omit=peer", path])
  return directory
})

export class Installed extends Context.Tag("test/Installed")<
  Installed,
  {
    readonly project: {
      readonly directory: string
      readonly withoutPlatformNode: Outcome
      readonly typeCheck: Outcome
    }
    readonly alone: string
  }
>() {
  static readonly layer = Layer.scoped(Installed, Effect.all({ project, alone }, { concurrency: 2 }))
}

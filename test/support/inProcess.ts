/** `mp` in this process: its own `run`, over files and variables in memory, with a terminal that listens. */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { run } from "#src/cli/app/run.ts"
import { Terminal } from "#src/cli/app/Terminal.ts"
import { configPath, home } from "#src/layers/memory/layer.ts"
import * as DiskFiles from "#src/layers/node/files/DiskFiles.ts"
import * as Inspector from "#src/layers/node/files/Inspector.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import type { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { make } from "#src/layers/node/locations.ts"
import { Locations } from "#src/services/platform/Locations.ts"
import type { Outcome } from "./mp.ts"
import { silentTerminal } from "./silentTerminal.ts"

export { configPath, home }

export interface World {
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Looks at the files and breaks them before the command runs. */
  readonly prepare?: Effect.Effect<void, never, MemoryFiles.MemoryFilesControl | CredentialFiles>
}

/** What a command line left behind, its files included. */
export interface FullOutcome extends Outcome {
  readonly files: Readonly<Record<string, string>>
}

const listening = (stdin: string) => {
  const written = { out: "", err: "" }
  const decoder = new TextDecoder()
  const layer = Layer.succeed(Terminal, {
    ...silentTerminal,
    out: ({ value }) => Effect.sync(() => void (written.out += value)),
    outBytes: (bytes) => Effect.sync(() => void (written.out += decoder.decode(bytes, { stream: true }))),
    err: ({ value }) => Effect.sync(() => void (written.err += value)),
    readStdin: () => Effect.succeed(stdin),
    readStdinBytes: () => Effect.succeed(new TextEncoder().encode(stdin)),
    lines: Effect.succeed(Stream.fromIterable(stdin.split("\n")))
  })
  return { written, layer }
}

const absolute = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace(/^~\//, `${home}/`), text]))

/** Runs one command line in a world of its own. */
export const runHere = (args: ReadonlyArray<string>, world: World = {}): Effect.Effect<FullOutcome> =>
  Effect.suspend(() => {
    const terminal = listening(world.stdin ?? "")
    const services = Layer.mergeAll(
      MemoryFiles.layerWith(absolute(world.files ?? {})),
      Layer.succeed(Locations, make({ home, cwd: `${home}/work` })),
      terminal.layer,
      Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(world.env ?? {}))))
    )
    return Effect.gen(function* () {
      yield* world.prepare ?? Effect.void
      const code = yield* run(args)
      const control = yield* MemoryFiles.MemoryFilesControl
      return { code, stdout: terminal.written.out, stderr: terminal.written.err, files: yield* control.snapshot }
    }).pipe(Effect.provide(services))
  })

/** Runs one command line on the real disk, in a home of its own. */
export const runOnDisk = (
  directory: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
  cwd = `${directory}/work`
): Effect.Effect<Outcome> =>
  Effect.suspend(() => {
    const terminal = listening("")
    const services = Layer.mergeAll(
      DiskFiles.layer,
      Inspector.layer,
      Layer.succeed(Locations, make({ home: directory, cwd })),
      terminal.layer,
      Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env))))
    )
    return Effect.map(Effect.provide(run(args), services), (code) => ({
      code,
      stdout: terminal.written.out,
      stderr: terminal.written.err
    }))
  })

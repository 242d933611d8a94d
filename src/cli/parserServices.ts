/** What @effect/cli asks for while it parses, and our flags never need: no file is read, no one is asked. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as PlatformTerminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const unused = Effect.dieMessage("The parser asked for a terminal.")

const terminal = Layer.succeed(
  PlatformTerminal.Terminal,
  PlatformTerminal.Terminal.of({
    columns: Effect.succeed(80),
    rows: Effect.succeed(24),
    isTTY: Effect.succeed(false),
    display: () => unused,
    readInput: unused,
    readLine: unused
  })
)

export const parserServices = Layer.mergeAll(FileSystem.layerNoop({}), Path.layer, terminal)

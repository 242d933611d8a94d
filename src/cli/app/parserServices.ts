/**
 * What @effect/cli asks for in its type and never uses for flags that are text, choices and switches: no file is read and
 * nobody is asked. These say so: no file is there, and no key is ever pressed.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"

const nobody = Terminal.Terminal.of({
  columns: Effect.succeed(80),
  rows: Effect.succeed(24),
  isTTY: Effect.succeed(false),
  readInput: Effect.never,
  readLine: Effect.fail(new Terminal.QuitException()),
  display: () => Effect.void
})

export const withParserServices = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.provideService(FileSystem.FileSystem, FileSystem.makeNoop({})),
    Effect.provideService(Terminal.Terminal, nobody),
    Effect.provide(Path.layer)
  )

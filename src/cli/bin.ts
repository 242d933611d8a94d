/** The process: arguments in, exit code out. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as DiskFiles from "../layers/disk/DiskFiles.ts"
import * as Inspector from "../layers/disk/Inspector.ts"
import * as NodeLocations from "../layers/NodeLocations.ts"
import { exitCodes } from "./exitCode.ts"
import { run } from "./main.ts"
import * as ProcessTerminal from "./ProcessTerminal.ts"

const world = Layer.mergeAll(DiskFiles.layer, Inspector.layer, NodeLocations.layer, ProcessTerminal.layer)

NodeRuntime.runMain(Effect.provide(run(process.argv.slice(2)), world), {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(Exit.match(exit, { onFailure: () => exitCodes.interrupted, onSuccess: codeOf }))
})

const codeOf = (code: unknown): number => (typeof code === "number" ? code : exitCodes.general)

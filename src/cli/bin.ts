/** The main program as a process: arguments in, exit code out. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { blockingOps } from "../layers/node/files/BlockingOps.ts"
import * as DiskFiles from "../layers/node/files/DiskFiles.ts"
import * as Inspector from "../layers/node/files/Inspector.ts"
import * as NodeLocations from "../layers/node/locations.ts"
import { CredentialFiles } from "../services/platform/CredentialFiles.ts"
import { FileInspector } from "../services/platform/FileInspector.ts"
import { Locations } from "../services/platform/Locations.ts"
import { nothingTyped } from "./app/again.ts"
import { exitCodes } from "./app/exitCode.ts"
import { oneShot } from "./app/oneShot.ts"
import { reportDefect } from "./app/reportError.ts"
import { run as runCommandLine } from "./app/run.ts"
import * as ProcessTerminal from "./app/ProcessTerminal.ts"
import { Terminal } from "./app/Terminal.ts"
import { withService, withServiceEffect } from "./app/withService.ts"

const main = (argv: ReadonlyArray<string>) =>
  runCommandLine(argv).pipe(
    withService(CredentialFiles, DiskFiles.make(blockingOps)),
    withService(FileInspector, Inspector.make(blockingOps)),
    withServiceEffect(Locations, NodeLocations.ofProcess),
    Effect.catchAllDefect((defect) => reportDefect(defect, nothingTyped)),
    withServiceEffect(Terminal, ProcessTerminal.make),
    oneShot
  )

export const run = (argv: ReadonlyArray<string>): void =>
  NodeRuntime.runMain(main(argv), {
    disableErrorReporting: true,
    // It would write to stdout.
    disablePrettyLogger: true,
    teardown: (exit) => {
      const code = Exit.match(exit, { onFailure: endOf, onSuccess: codeOf })
      // At once, as after a failure: V8 would use the last turn of the loop to collect garbage, for 70 million instructions.
      ProcessTerminal.afterWriting(() => process.exit(code))
    }
  })

/** What is left besides an interruption is an error that stderr did not take either: nobody can be told. */
const endOf = (cause: Cause.Cause<unknown>): number =>
  Cause.isInterrupted(cause) ? exitCodes.interrupted : exitCodes.general

const codeOf = (code: unknown): number => (typeof code === "number" ? code : exitCodes.general)

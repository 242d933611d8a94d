/**
 * The short way of the most frequent commands: the same handlers on the same services as on the full way,
 * without the command tree. What is loaded on demand elsewhere is absent here: reaching for it leaves.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { blockingOps } from "../../layers/disk/BlockingOps.ts"
import * as DiskFiles from "../../layers/disk/DiskFiles.ts"
import * as NodeLocations from "../../layers/NodeLocations.ts"
import { CredentialFiles } from "../../services/CredentialFiles.ts"
import { Locations } from "../../services/Locations.ts"
import type { CommandError } from "../CommandContext.ts"
import { tell } from "../execute.ts"
import { checkGlobals, Globals, type GlobalValues } from "../Globals.ts"
import { heldTerminal } from "../HeldTerminal.ts"
import type { HotCommand, HotOutcome } from "../HotCommand.ts"
import { left } from "../leaveHotPath.ts"
import { silently } from "../logging.ts"
import { Terminal } from "../Terminal.ts"

type Handler = (
  command: HotCommand
) => Effect.Effect<void, CommandError, Globals | Terminal | CredentialFiles | Locations>

const givenBy = (command: HotCommand) => ({
  account: Option.fromNullable(command.account),
  project: Option.fromNullable(command.project),
  workspace: Option.fromNullable(command.workspace),
  target: Option.fromNullable(command.target),
  format: Option.fromNullable(command.format),
  quiet: false,
  verbose: false,
  noInput: false
})

const withWorld = (values: GlobalValues, command: ReturnType<Handler>) =>
  command.pipe(
    Effect.provideService(Globals, values),
    Effect.provideService(CredentialFiles, DiskFiles.make(blockingOps)),
    Effect.provideServiceEffect(Locations, NodeLocations.ofProcess),
    silently
  )

const running = async (handler: Handler, command: HotCommand): Promise<HotOutcome | null> => {
  const written: Array<HotOutcome["written"][number]> = []
  const given = givenBy(command)
  const told = Effect.flatMap(checkGlobals(given), (values) => withWorld(values, handler(command)))
  const exit = await tell(told, given.format).pipe(
    Effect.provideService(Terminal, heldTerminal(written)),
    // Nobody reads spans in this process.
    Effect.withTracerEnabled(false),
    Effect.runPromiseExit
  )
  // Nothing was written: whatever it was, the full way meets it again and says so.
  return exit._tag === "Success" ? { exitCode: exit.value, written } : null
}

/** Makes what runs a frequent command; it gives `null` when the command needs the full way, and nothing has happened then. */
export const shortWay =
  (handler: Handler) =>
  (command: HotCommand): Promise<HotOutcome | null> =>
    // `left` comes first: it is settled before what was thrown for it arrives.
    Promise.race([left, running(handler, command)])

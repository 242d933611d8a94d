/**
 * The short way of the most frequent commands: the same handlers on the same services as on the full way,
 * without the command tree. What is loaded on demand elsewhere is absent here: reaching for it leaves.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { blockingOps } from "../layers/disk/BlockingOps.ts"
import * as DiskFiles from "../layers/disk/DiskFiles.ts"
import * as NodeLocations from "../layers/NodeLocations.ts"
import { CredentialFiles } from "../services/CredentialFiles.ts"
import { Locations } from "../services/Locations.ts"
import type { CommandError } from "./CommandContext.ts"
import { execute } from "./execute.ts"
import { checkGlobals, Globals, type GlobalValues } from "./Globals.ts"
import { accountList } from "./handlers/accountList.ts"
import { accountToken } from "./handlers/accountToken.ts"
import { showSession } from "./handlers/session.ts"
import { heldTerminal } from "./HeldTerminal.ts"
import type { HotCommand, HotOutcome } from "./HotCommand.ts"
import { silently } from "./logging.ts"
import { type Readers, withReaders } from "./readers.ts"
import { Terminal } from "./Terminal.ts"

type HotServices = Readers | Globals | Terminal

const handlerOf = ({ argument, name }: HotCommand): Effect.Effect<void, CommandError, HotServices> => {
  if (name === "account list") return accountList
  if (name === "account token") return accountToken(Option.fromNullable(argument))
  return showSession({ bridge: false, explain: false })
}

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

const withServices = (values: GlobalValues, command: Effect.Effect<void, CommandError, HotServices>) =>
  withReaders(command).pipe(
    Effect.provideService(Globals, values),
    Effect.provideService(CredentialFiles, DiskFiles.make(blockingOps)),
    Effect.provideServiceEffect(Locations, NodeLocations.make),
    silently
  )

/** Runs a frequent command; `null` when it needs the full way, and nothing has happened then. */
export const run = async (command: HotCommand): Promise<HotOutcome | null> => {
  const written: Array<HotOutcome["written"][number]> = []
  const given = givenBy(command)
  const running = Effect.flatMap(checkGlobals(given), (values) => withServices(values, handlerOf(command)))
  const exit = await execute(running, given.format).pipe(
    Effect.provideService(Terminal, heldTerminal(written)),
    Effect.runPromiseExit
  )
  // Nothing was written: whatever it was, the full way meets it again and says so.
  return exit._tag === "Success" ? { exitCode: exit.value, written } : null
}

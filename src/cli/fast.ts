/**
 * The fast path of the most frequent commands: the same handlers on the same services as in the main program, without
 * the command tree. What needs a lock or the network is not its business.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { blockingOps } from "../layers/node/files/BlockingOps.ts"
import * as DiskFiles from "../layers/node/files/DiskFiles.ts"
import * as NodeLocations from "../layers/node/locations.ts"
import * as AccountReading from "../services/config/accountReading.ts"
import * as Bridge from "../services/bridge/Bridge.ts"
import { readableTokens } from "../services/bridge/readableTokens.ts"
import { CredentialFiles } from "../services/platform/CredentialFiles.ts"
import { Locations } from "../services/platform/Locations.ts"
import * as MeCache from "../services/api/MeCache.ts"
import { isGivenElsewhere } from "../domain/account/Account.ts"
import { ofBearer, ofServiceAccount, protocols } from "../domain/credential/protocols.ts"
import { bearerAtHand } from "../services/tokens/bearerAtHand.ts"
import { lasts } from "../services/tokens/lastingBearer.ts"
import * as SessionResolver from "../services/session/SessionResolver.ts"
import { CredentialStorage } from "../services/storage/CredentialStorage.ts"
import { makeForReading } from "../services/storage/diskEntries.ts"
import type { Typed } from "./app/again.ts"
import { bufferedTerminal } from "./app/BufferedTerminal.ts"
import type { CommandError } from "./app/CommandContext.ts"
import { reportError } from "./app/reportError.ts"
import { exitCodes } from "./app/exitCode.ts"
import { checkGlobals, type GivenGlobals, Globals, noGlobals } from "./app/Globals.ts"
import { oneShot } from "./app/oneShot.ts"
import { showAccounts } from "./commands/account/showAccounts.ts"
import { checkAddress, minTtlOf, showCredential } from "./commands/credential/showCredential.ts"
import { showBearer } from "./commands/account/showBearer.ts"
import { showSession } from "./commands/session/showSession.ts"
import { silently } from "./app/logging.ts"
import { identity, reportingOverrides } from "./app/sessionFor.ts"
import { withIdentities, withStores } from "./app/identities.ts"
import type { FastCommand, FastOutcome } from "./start/FastCommand.ts"
import { Terminal } from "./app/Terminal.ts"
import { withService, withServiceEffect } from "./app/withService.ts"

/** `false` where the main program has to answer. */
type Handler = (
  command: FastCommand
) => Effect.Effect<boolean, CommandError, Globals | Terminal | CredentialFiles | CredentialStorage | Locations>

const list = Effect.as(Effect.flatMap(AccountReading.makeForReading, showAccounts), true).pipe(
  withServiceEffect(MeCache.MeCache, MeCache.make),
  withStores
)

const session = Effect.as(
  showSession(() => Effect.succeed([])),
  true
).pipe(
  withServiceEffect(SessionResolver.SessionResolver, SessionResolver.make),
  withServiceEffect(MeCache.MeCache, MeCache.make),
  withStores
)

/** A login that has to be refreshed takes a lock and the network. */
const token = (name: Option.Option<string>) =>
  Effect.gen(function* () {
    const found = yield* identity(name)
    const { account, origin } = found
    if (account.type === "service_account") return yield* Effect.as(showBearer(found, Option.none()), true)
    const places = { bridges: yield* Bridge.Bridge, tokens: yield* readableTokens }
    const bearer = yield* bearerAtHand(places, account, origin)
    if (Option.isNone(bearer)) return false
    yield* showBearer(found, bearer)
    return true
  }).pipe(withIdentities)

/** Stdin is read once it is known that the main program is not needed. */
const credential = ({ minTtl, protocol: given }: FastCommand) =>
  Effect.gen(function* () {
    const protocol = protocols.find((known) => known === given)
    if (protocol === undefined) return false
    const ttl = yield* minTtlOf(Option.fromNullable(minTtl))
    const found = yield* identity(Option.none())
    const { account, origin } = found
    if (account.type === "service_account") {
      if (isGivenElsewhere(account)) return false
      yield* checkAddress(protocol, account)
      return yield* Effect.as(
        showCredential(protocol, found, ofServiceAccount(account, { token: account.secret, expiresAt: Option.none() })),
        true
      )
    }
    const places = { bridges: yield* Bridge.Bridge, tokens: yield* readableTokens }
    const atHand = yield* Effect.either(bearerAtHand(places, account, origin))
    const bearer = Either.getOrElse(atHand, Option.none)
    const isUsable = Option.isSome(bearer) && (yield* lasts(bearer.value, ttl))
    if (Either.isRight(atHand) && !isUsable) return false
    yield* checkAddress(protocol, account)
    if (Either.isLeft(atHand)) return yield* atHand.left
    if (Option.isSome(bearer)) yield* showCredential(protocol, found, ofBearer(account, bearer.value))
    return true
  }).pipe(withIdentities)

const handlers: Readonly<Record<FastCommand["name"], Handler>> = {
  "account list": () => list,
  "account token": ({ argument }) => token(Option.fromNullable(argument)),
  "credential get": credential,
  session: () => session
}

const givenBy = (command: FastCommand): GivenGlobals => ({
  ...noGlobals,
  account: Option.fromNullable(command.account),
  project: Option.fromNullable(command.project),
  workspace: Option.fromNullable(command.workspace),
  target: Option.fromNullable(command.target),
  format: Option.fromNullable(command.format)
})

/** What was typed, as the main program would give it again. */
const typedAs = ({
  account,
  argument,
  format,
  minTtl,
  name,
  project,
  protocol,
  target,
  workspace
}: FastCommand): Typed => ({
  path: name.split(" "),
  args: argument === undefined ? [] : [argument],
  flags: Object.entries({ protocol, "min-ttl": minTtl, account, project, workspace, target, format }).flatMap(
    ([flag, value]) => (value === undefined ? [] : [[flag, value] as const])
  )
})

const exitCodeOf = (command: FastCommand): Effect.Effect<number | null, never, Terminal> => {
  const given = givenBy(command)
  return checkGlobals(given).pipe(
    Effect.flatMap((values) => withService(Globals, values)(reportingOverrides(handlers[command.name](command)))),
    Effect.map((isAnswered) => (isAnswered ? exitCodes.ok : null)),
    Effect.catchAll((error) => reportError(error, typedAs(command))),
    withServiceEffect(CredentialStorage, makeForReading),
    withService(CredentialFiles, DiskFiles.make(blockingOps)),
    withServiceEffect(Locations, NodeLocations.ofProcess),
    silently
  )
}

/** `null` where the main program has to answer; nothing was written then. A bug is told by the main program. */
export const run = async (command: FastCommand): Promise<FastOutcome | null> => {
  const written: Array<FastOutcome["written"][number]> = []
  const exit = await exitCodeOf(command).pipe(
    withService(Terminal, bufferedTerminal(written)),
    oneShot,
    Effect.runPromiseExit
  )
  return exit._tag === "Success" && exit.value !== null ? { exitCode: exit.value, written } : null
}

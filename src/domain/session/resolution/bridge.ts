/** A bridge's axes go together: they count while the account is the bridge's own, and for nobody else. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { BridgeFile, BridgeSource, LoadedBridge } from "../BridgeFile.ts"
import type { ResolutionError } from "../../errors.ts"
import type { Identity } from "../Caller.ts"
import type { Candidate, Inputs } from "./Inputs.ts"
import { type Offer, offer, sourceNames } from "./Offer.ts"

export type ResolvedIdentity = Either.Either<Identity, ResolutionError>

const loaded = ({ content, path }: BridgeSource): Option.Option<LoadedBridge> =>
  Option.map(Either.getRight(content), (file) => ({ path, file }))

export const usedBridge = ({ bridges }: Inputs, identity: ResolvedIdentity): Option.Option<LoadedBridge> =>
  Either.isRight(identity) && identity.right.origin === "bridge"
    ? Option.flatMap(
        Option.orElse(bridges.chosen, () => bridges.here),
        loaded
      )
    : Option.none()

/** What the bridges say about an axis; a bridge that the account does not come from is skipped, with the reason. */
export const fromBridges = <A>(
  inputs: Inputs,
  identity: ResolvedIdentity,
  key: string,
  get: (file: BridgeFile) => Option.Option<A>
): ReadonlyArray<Offer<A>> => {
  const used = Option.map(usedBridge(inputs, identity), ({ path }) => path)
  return [inputs.bridges.chosen, inputs.bridges.here]
    .flatMap((source) => Option.toArray(Option.flatMap(source, loaded)))
    .flatMap(({ file, path }) =>
      Option.toArray(get(file)).map((value) => ({
        ...offer("bridge", `${key} in ${path}`, value),
        skip: Option.contains(used, path) ? null : whyNot(file, identity)
      }))
    )
}

const whyNot = ({ account }: BridgeFile, identity: ResolvedIdentity): string =>
  `it goes with account '${account.name}' of the bridge, and ${Either.match(identity, {
    onLeft: () => "there is no account",
    onRight: (found) => `the account is '${found.account.name}'`
  })}`

export const bridgeNotices = (
  inputs: Inputs,
  identity: ResolvedIdentity,
  accounts: ReadonlyArray<Candidate>
): ReadonlyArray<string> => [
  ...Option.toArray(inputs.bridges.missing).map(
    (path) => `MP_AUTH_FILE names ${path}, which does not exist: no bridge is used.`
  ),
  ...Option.toArray(inputs.bridges.here).flatMap(({ path }) => {
    const winner = accounts.find(({ status }) => status === "used")
    if (winner === undefined) return []
    if (Option.exists(usedBridge(inputs, identity), (used) => used.path === path)) {
      return [`Using the bridge ${path} of the working directory.`]
    }
    const why = `${sourceNames[winner.source]} comes first`
    return [
      `The bridge ${path} of the working directory is not used: ${why}. To use it: MP_AUTH_FILE=./mixpanel_auth.json`
    ]
  })
]

/** Why the bridge of the working directory did not help where nothing else gives an account. */
export const brokenHere = ({ bridges }: Inputs): ReadonlyArray<string> =>
  Option.toArray(bridges.here).flatMap(({ content }) =>
    Either.match(content, { onLeft: ({ message }) => [message], onRight: () => [] })
  )

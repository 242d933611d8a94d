import * as Effect from "effect/Effect"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import { argument, type Command, command, onThisMachine } from "../../domain/hints/Command.ts"
import type { ClientStore } from "../oauth/ClientStore.ts"
import type { Crypto } from "../platform/Crypto.ts"
import type { CredentialStorageShape } from "./CredentialStorage.ts"

export interface Move {
  readonly from: CredentialStorageShape
  readonly to: CredentialStorageShape
  readonly clients: Pick<ClientStore["Type"], "primary">
  readonly crypto: Pick<Crypto["Type"], "sha256">
  /** The bridges that carry the login of an account: each spends the same refresh token. */
  readonly bridgesOf: (account: OAuthBrowserAccount) => Effect.Effect<ReadonlyArray<string>>
  readonly isDry: boolean
}

/** `there`: it is there already, and what lay here was the same or older. */
export type Outcome =
  | { readonly _tag: "moved" | "there" }
  | { readonly _tag: "kept"; readonly reason: string; readonly fixes: ReadonlyArray<Command> }

export const moved: Outcome = { _tag: "moved" }

export const isThere: Outcome = { _tag: "there" }

export interface MovedEntry {
  readonly key: string
  readonly outcome: Outcome
}

export const kept = (reason: string, fixes: ReadonlyArray<Command> = []): Outcome => ({ _tag: "kept", reason, fixes })

export const commandAt = ({ isShared }: Pick<CredentialStorageShape, "isShared">, line: Command): Command =>
  isShared ? line : onThisMachine(line)

/** Each of the two may be the one that is wanted: who knows which, ends the other. */
export const bothStay = ({ to }: Move, name: string): Effect.Effect<Outcome> => {
  const inStore = command`mp account logout ${argument(name)}`
  const onDisk = onThisMachine(inStore)
  return Effect.map(to.describe(`accounts/${name}/tokens`), (place) =>
    kept(
      `another login of '${name}' is there (${place}): one of the two has to be ended`,
      to.isShared ? [inStore, onDisk] : [onDisk, inStore]
    )
  )
}

export const bridgeStays = (path: string): Outcome =>
  kept(`the bridge ${path} holds its refresh token, too`, [
    onThisMachine(command`mp account remove-bridge --at ${path}`)
  ])

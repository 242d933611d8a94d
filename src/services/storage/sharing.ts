import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import { command } from "../../domain/hints/Command.ts"
import { StorageError } from "../../domain/storage/StorageError.ts"
import type { Crypto } from "../platform/Crypto.ts"
import { type Engine, fromEngine } from "./Engine.ts"
import { sealing } from "./sealing.ts"
import type { Keys } from "./sealingKeys.ts"

/**
 * How entries are named and sealed in a store that machines share.
 * @since 0.1.0
 * @category stores
 */
export interface SharingOptions {
  /** Whose entries these are: a tenant, or an app. 1 to 64 letters, digits, `.`, `_` or `-`; `mp` unless given. */
  readonly namespace?: string | undefined
  /** What seals the values: `ID:BASE64` of 32 bytes. The first seals, all open. */
  readonly keys?: Keys | undefined
  /** `false` leaves values in clear. */
  readonly sealed?: boolean | undefined
  /** Goes without TLS to an engine of another machine. */
  readonly allowPlain?: boolean | undefined
  /** Says nothing of an engine that forgets when it is restarted. */
  readonly allowVolatile?: boolean | undefined
  /** How others name this process while they wait for it; host and process number unless given. */
  readonly name?: string | undefined
}

const namespacePattern = /^[A-Za-z0-9._-]{1,64}$/

/** What the options ask for, looked at before anything is asked of the engine. No two namespaces are taken for each other. */
export const sharing = (
  store: string,
  crypto: Crypto["Type"],
  { keys, name, namespace, sealed }: SharingOptions & { readonly name: string; readonly namespace: string }
) =>
  Effect.gen(function* () {
    yield* checkedNamespace(store, namespace)
    const seal = sealed === false ? identity : yield* sealing(store, { keys, namespace })
    return { namespace, over: (engine: Engine) => Effect.map(fromEngine(engine, crypto, name), seal) }
  })

export const checkedNamespace = (store: string, namespace: string): Effect.Effect<void, StorageError> =>
  namespacePattern.test(namespace)
    ? Effect.void
    : new StorageError({
        operation: "open",
        key: null,
        store,
        reason: "MP_STORE_NAMESPACE (namespace) is not 1 to 64 letters, digits, '.', '_' or '-'",
        temporary: false,
        fixes: [command`export MP_STORE_NAMESPACE=mp`]
      })

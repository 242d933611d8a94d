/** What `/me` said last, for names that need no network. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { decodeMe, type Me } from "../domain/Me.ts"
import type { Identity } from "../domain/Resolution.ts"
import { CredentialFiles } from "./CredentialFiles.ts"
import { Locations } from "./Locations.ts"

export class MeCache extends Context.Tag("effect-mixpanel/MeCache")<
  MeCache,
  {
    /**
     * The cached answer for an account of the configuration. An account from the environment or a bridge
     * has none; a file that cannot be used counts as absent.
     */
    readonly get: (identity: Identity) => Effect.Effect<Option.Option<Me>>
  }
>() {}

const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations

  const read = Effect.fn("MeCache.read")(function* (account: string) {
    const path = yield* locations.meCache(account)
    const text = yield* files.read(path).pipe(
      Effect.tapError((error) => Effect.logDebug(`The cache is not used: ${error.message}`)),
      Effect.option
    )
    return Option.flatMap(Option.flatten(text), parse)
  })

  return MeCache.of({
    get: ({ account, origin }) => (origin === "config" ? read(account.name) : Effect.succeedNone)
  })
})

const parse = (text: string): Option.Option<Me> =>
  Either.getRight(
    Either.flatMap(
      Either.try((): unknown => JSON.parse(text)),
      decodeMe
    )
  )

export const layer: Layer.Layer<MeCache, never, CredentialFiles | Locations> = Layer.effect(MeCache, make)

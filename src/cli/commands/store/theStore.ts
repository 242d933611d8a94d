/** The store of `MP_STORE`, for commands that are about nothing else. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ConfigError } from "../../../domain/errors.ts"
import { command } from "../../../domain/hints/Command.ts"
import { postgresForm, redisForm } from "../../../domain/storage/StoreAddress.ts"
import { SharedStore } from "../../../services/storage/SharedStore.ts"

export const theStore = Effect.flatMap(
  Effect.serviceOption(SharedStore),
  Option.match({
    onNone: () =>
      new ConfigError({
        message: "There is no shared store: MP_STORE is not set, and logins are kept in the files of this machine.",
        hints: [redisForm, postgresForm, command`mp help store`]
      }),
    onSome: Effect.succeed
  })
)

/** The packages that speak to engines. They are nobody's dependencies: who uses one installs it. */
import * as Effect from "effect/Effect"
import { command } from "../../domain/hints/Command.ts"
import { StorageError } from "../../domain/storage/StorageError.ts"

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code))

export const loadedDriver = <A>(
  store: string,
  driver: "ioredis" | "pg",
  load: () => Promise<A>
): Effect.Effect<A, StorageError> =>
  Effect.catchAll(Effect.tryPromise({ try: load, catch: (error) => error }), (error) =>
    isNotFound(error)
      ? new StorageError({
          operation: "open",
          key: null,
          store,
          reason: `the package ${driver} is not installed beside this program`,
          temporary: false,
          fixes: [command`npm install --global ${driver}`, command`npm install ${driver}`]
        })
      : Effect.die(error)
  )

import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { command } from "../hints/Command.ts"
import type { ReadVariable } from "../session/Environment.ts"
import type { Why } from "./StorageError.ts"
import { parseSafeAddress, shownAddress, type StoreAddress } from "./StoreAddress.ts"

export interface StoreSettings {
  readonly address: StoreAddress
  readonly keys: Redacted.Redacted | undefined
  readonly namespace: string
  readonly cacheSeconds: number
  readonly replicas: number
}

/** Where it is, for messages: without secrets, and also where it is wrong. */
export const shownStore = (read: ReadVariable): { readonly address: string; readonly store: string } => {
  const address = `${shownAddress(valueOf(read, "MP_STORE", ""))} (MP_STORE)`
  return { address, store: `${address}, namespace ${valueOf(read, "MP_STORE_NAMESPACE", "mp")}` }
}

/** The settings of an engine, or which variable is wrong. Keys and the namespace are looked at where they are used. */
export const parseStoreSettings = (read: ReadVariable): Either.Either<StoreSettings, Why> =>
  Either.gen(function* () {
    const address = yield* parseSafeAddress(valueOf(read, "MP_STORE", ""), false)
    const replicas = yield* numberIn(read, "MP_STORE_REPLICAS", { usual: 0, most: 99 })
    if (replicas > 0 && address.engine === "postgres") {
      return yield* Either.left({
        reason: "MP_STORE_REPLICAS is for Redis: a Postgres has synchronous_standby_names for it",
        temporary: false,
        fixes: [command`unset MP_STORE_REPLICAS`]
      })
    }
    return {
      address,
      keys: Option.getOrUndefined(Option.map(read("MP_STORE_KEY"), (text) => Redacted.make(text))),
      namespace: valueOf(read, "MP_STORE_NAMESPACE", "mp"),
      cacheSeconds: yield* numberIn(read, "MP_STORE_CACHE", { usual: 60, most: 86_400 }),
      replicas
    }
  })

const valueOf = (read: ReadVariable, name: string, usual: string): string => Option.getOrElse(read(name), () => usual)

const numberIn = (
  read: ReadVariable,
  name: string,
  { most, usual }: { readonly usual: number; readonly most: number }
): Either.Either<number, Why> => {
  const text = valueOf(read, name, `${usual}`)
  return /^\d{1,5}$/.test(text) && Number(text) <= most
    ? Either.right(Number(text))
    : Either.left({
        reason: `${name} is no whole number from 0 to ${most}`,
        temporary: false,
        fixes: [command`export ${name}=${usual}`, command`unset ${name}`]
      })
}

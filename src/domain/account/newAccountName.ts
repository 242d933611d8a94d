/**
 * Which names a new account may have. A name is also that of a directory, and not every disk tells `me` from `ME` or
 * can hold a `con`. Accounts that have such a name already keep it.
 */
import * as Either from "effect/Either"
import type { Command } from "../hints/Command.ts"
import { AccountExists, InvalidArgument } from "../errors.ts"
import { AccountName } from "./identifiers.ts"

const onDisk = (name: string): string => name.toLowerCase()

export const collide = (one: string, other: string): boolean => one !== other && onDisk(one) === onDisk(other)

const device = /^(?:con|prn|aux|nul|conin|conout|clock|com[0-9]|lpt[0-9])$/i

const environmentName = /^env-(?:service-account|oauth-token)$/i

/** Why no account gets this name, as the end of a sentence; `null` for a name like any other. */
export const whyReserved = (name: string): string | null => {
  if (device.test(name)) return "Windows keeps it for a device, and has no directory of that name"
  return environmentName.test(name) ? "credentials from the environment are shown under it" : null
}

export const freeName = (wanted: AccountName, taken: Iterable<string>): AccountName => {
  const used = new Set(Array.from(taken, onDisk))
  const isFree = (name: string): boolean => !used.has(onDisk(name)) && whyReserved(name) === null
  const numbered = (n: number): AccountName => (n === 1 ? wanted : AccountName.make(`${wanted.slice(0, 56)}-${n}`))
  const firstFree = (n: number): AccountName => (isFree(numbered(n)) ? numbered(n) : firstFree(n + 1))
  return firstFree(1)
}

/**
 * The one check of a name that an account is to be added under.
 *
 * @param add the command that adds the account under a name that is free
 */
export const checkNewName = (
  name: AccountName,
  taken: ReadonlyArray<string>,
  add: (name: AccountName) => Command
): Either.Either<AccountName, AccountExists | InvalidArgument> => {
  if (taken.includes(name)) return Either.left(new AccountExists({ account: name, other: null, hint: null }))
  const other = taken.find((existing) => collide(existing, name))
  const hint = () => add(freeName(name, taken))
  if (other !== undefined) return Either.left(new AccountExists({ account: name, other, hint: hint() }))
  const reason = whyReserved(name)
  return reason === null
    ? Either.right(name)
    : Either.left(
        new InvalidArgument({
          message: `An account cannot be named '${name}': ${reason}.`,
          hints: [hint()],
          details: { account: name }
        })
      )
}

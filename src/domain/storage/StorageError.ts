import type { FileError } from "../FileError.ts"
import type { LockError, LockLost, LockTimeout } from "../LockError.ts"
import type { Command } from "../hints/Command.ts"
import { errorClass } from "../internal/errorClass.ts"

/**
 * What the storage was asked for.
 * @since 0.1.0
 * @category models
 */
export type StorageOperation = "open" | "get" | "put" | "remove" | "list" | "claim" | "now"

interface Failed {
  readonly operation: StorageOperation
  /** The entry; `null` where it is about the store as a whole. */
  readonly key: string | null
  /** The store, for messages: without secrets. */
  readonly store: string
  /** What happened, as a phrase that follows a colon. */
  readonly reason: string
  readonly temporary: boolean
  readonly fixes?: ReadonlyArray<Command>
  /** What the disk said, which is told as it is. */
  readonly cause?: FileError | LockLost | LockTimeout
}

export type Why = Pick<Failed, "reason" | "temporary" | "fixes">

const undone: Readonly<Record<StorageOperation, string>> = {
  open: "cannot be used",
  get: "could not be read",
  put: "could not be stored",
  remove: "could not be removed",
  list: "could not be listed",
  claim: "could not be claimed, and nothing was sent",
  now: "could not be asked for the time"
}

/**
 * A store could not do what was asked of it.
 * @since 0.1.0
 * @category errors
 */
export class StorageError extends errorClass(
  "StorageError",
  "STORAGE_ERROR",
  ({ cause, fixes = [], key, operation, reason, store, temporary }: Failed) => ({
    message:
      cause?.message ??
      `${key === null ? store : `${key} in ${store}`} ${undone[operation]}: ${reason.replace(/\.$/, "")}.`,
    hints: cause?.hints ?? fixes,
    ...(temporary ? { again: [{}] } : {}),
    details: { operation, key, store, temporary }
  })
) {}

/**
 * An entry is not the one any more that was to be replaced, removed or claimed. Nothing was changed.
 * @since 0.1.0
 * @category errors
 */
export class Superseded extends errorClass("Superseded", "STORAGE_SUPERSEDED", ({ key }: { readonly key: string }) => ({
  message: `${key} was changed by somebody else meanwhile. Nothing was changed.`,
  again: [{}],
  details: { key }
})) {}

interface HeldClaim {
  readonly key: string
  readonly by: string
  /** How long its lease still runs; 0 where it is over and was not to be taken over. */
  readonly millisLeft: number
  readonly cause?: LockTimeout
}

/**
 * Somebody else is spending what an entry holds. Trying again helps.
 * @since 0.1.0
 * @category errors
 */
export class Claimed extends errorClass("Claimed", "STORAGE_CLAIMED", ({ by, cause, key, millisLeft }: HeldClaim) => ({
  message: cause?.message ?? byWhom(key, by, millisLeft),
  hints: cause?.hints ?? [],
  again: [{}],
  details: { key, by, millis_left: millisLeft }
})) {}

const byWhom = (key: string, by: string, millisLeft: number): string =>
  millisLeft > 0
    ? `${key} is being renewed by ${by}, which has ${Math.ceil(millisLeft / 1000)} s left for it.`
    : `The renewal of ${key} by ${by} was interrupted.`

/**
 * What can go wrong with what is stored, be it on disk or on an engine.
 * @since 0.1.0
 * @category errors
 */
export type StoringError = FileError | LockError | StorageError

/**
 * What can go wrong with a claim.
 * @since 0.1.0
 * @category errors
 */
export type ClaimError = StoringError | Superseded | Claimed

/** What the disk said is told as it is; the rest is about the store. */
export function plainly(error: StorageError): StoringError
export function plainly(error: StorageError | Superseded | Claimed): ClaimError
export function plainly(error: StorageError | Superseded | Claimed): ClaimError {
  return error._tag === "Superseded" ? error : (error.cause ?? error)
}

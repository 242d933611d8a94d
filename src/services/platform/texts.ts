import * as Effect from "effect/Effect"
import { FileError } from "../../domain/errors.ts"
import { maxBytesOf, maxSizeOf } from "./CredentialFiles.ts"

export const wouldBeTooLarge = (path: string): FileError =>
  new FileError({
    path,
    problem: "too_large",
    reason: `was not written: it would be larger than ${maxSizeOf(path)}`,
    fix: null
  })

const notEncodable = (path: string): FileError =>
  new FileError({
    path,
    problem: "not_utf8",
    reason: "was not written: its new content has half a character (an unpaired surrogate)",
    fix: null
  })

export const reservationUsed = (path: string): FileError =>
  new FileError({
    path,
    problem: "io",
    reason: "was not written: the place reserved for it was used or released before",
    fix: null
  })

/** UTF-8 that is not too long. An unpaired surrogate would silently become another character. */
export const encodeText = (
  path: string,
  text: string,
  maxBytes: number = maxBytesOf(path)
): Effect.Effect<Uint8Array, FileError> =>
  Effect.suspend(() => {
    // With `u` a pair is one character, and no part of this range.
    if (/[\ud800-\udfff]/u.test(text)) return notEncodable(path)
    const bytes = new TextEncoder().encode(text)
    return bytes.byteLength > maxBytes ? wouldBeTooLarge(path) : Effect.succeed(bytes)
  })

import * as Either from "effect/Either"
import { parseJson } from "../internal/json.ts"
import { assertOnly } from "./decide.ts"
import { Denied } from "./Denied.ts"
import type { GuestHead } from "./GuestHead.ts"
import { inJson, inParameters } from "./namedProjects.ts"

/**
 * JSON and forms in UTF-8 that name no other project. Whatever the type says, a text that is JSON is looked at as JSON: servers
 * do not all ask for the type.
 */
export const examineBody = (
  project: string,
  headers: GuestHead["headers"],
  body: Uint8Array
): Either.Either<void, Denied> =>
  Either.gen(function* () {
    if (body.length === 0) return
    const [type = "", ...parameters] = (headers["content-type"]?.[0] ?? "").toLowerCase().split(";").map(trimmed)
    if (headers["content-encoding"] !== undefined || !parameters.every(isUtf8)) {
      return yield* deny(415, "A body has to be UTF-8 without an encoding, so that the broker can look at it.")
    }
    const text = yield* utf8(body)
    const json = parseJson(text)
    if (Either.isRight(json)) yield* assertOnly(project, inJson(text, project))
    else if (json.left === "nested too deep") return yield* deny(400, "The body is nested too deep.")
    if (type === "application/x-www-form-urlencoded") return yield* assertOnly(project, inParameters(text, project))
    if (Either.isLeft(json)) return yield* deny(415, "The body is neither JSON nor a form that the broker can look at.")
  })

const trimmed = (text: string): string => text.trim()

const isUtf8 = (parameter: string): boolean =>
  !parameter.startsWith("charset") || /^charset="?utf-?8"?$/.test(parameter)

/** A byte order mark is none of the text that other readers see. */
const utf8 = (body: Uint8Array): Either.Either<string, Denied> =>
  Either.try({
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body),
    catch: () => new Denied(400, "body", "The body is not UTF-8.")
  })

const deny = (status: number, reason: string) => Either.left(new Denied(status, "body", reason))

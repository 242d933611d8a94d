import type { Command } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { OAuthAuthDenied, OAuthExchangeError, OAuthPasteError, OAuthStateMismatch } from "./OAuthError.ts"
import { standardErrorCode } from "./standardErrorCode.ts"
import { parseUrl } from "../internal/parseUrl.ts"
import { isUnknownClient } from "./unknownClient.ts"

export interface Expected {
  readonly state: Redacted.Redacted
  /** The authorization server's base: an `iss` (RFC 9207) must be on its origin. */
  readonly oauthBase: string
  readonly fix?: Command | undefined
}

export type Judgement =
  | { readonly _tag: "Code"; readonly code: Redacted.Redacted }
  | { readonly _tag: "Refused"; readonly error: OAuthAuthDenied | OAuthExchangeError | OAuthStateMismatch }
  /** Not the person refused, but the server the client. */
  | { readonly _tag: "ClientUnknown"; readonly error: OAuthAuthDenied }

/**
 * Judges the query of a redirect. The `state` comes first, in constant time: without the right one (exactly
 * once) nothing else in the request is looked at, and it cannot end the login (`Left`).
 */
export const judgeRedirect = (query: string, expected: Expected): Either.Either<Judgement, OAuthStateMismatch> => {
  const parameters = new URLSearchParams(query)
  const states = parameters.getAll("state")
  const [state] = states
  if (state === undefined) return Either.left(mismatch("it has no state", expected))
  if (states.length > 1) return Either.left(mismatch("it has more than one state", expected))
  if (!sameSecret(state, Redacted.value(expected.state)))
    return Either.left(mismatch("its state is a different one", expected))
  return Either.right(judgeOurs(parameters, expected))
}

const judgeOurs = (parameters: URLSearchParams, expected: Expected): Judgement => {
  const doubled = ["code", "error", "iss"].find((name) => parameters.getAll(name).length > 1)
  if (doubled !== undefined) return refused(mismatch(`it has more than one ${doubled}`, expected))
  const issuer = parameters.get("iss")
  if (issuer !== null && !isIssuer(issuer, expected.oauthBase)) {
    return refused(mismatch("it comes from another authorization server", expected))
  }
  const error = parameters.get("error")
  if (error !== null) {
    return { _tag: isUnknownClient(error) ? "ClientUnknown" : "Refused", error: deniedBy(error, expected) }
  }
  const code = parameters.get("code")
  return code === null || code === ""
    ? refused(new OAuthExchangeError({ reason: "the redirect has no code", fix: expected.fix, temporary: false }))
    : { _tag: "Code", code: Redacted.make(code) }
}

const refused = (error: Extract<Judgement, { _tag: "Refused" }>["error"]): Judgement => ({ _tag: "Refused", error })

const deniedBy = (error: string, { fix }: Expected) =>
  new OAuthAuthDenied({
    reason:
      error === "access_denied" ? "access was denied" : `the authorization server said ${standardErrorCode(error)}`,
    fix
  })

const mismatch = (reason: string, { fix }: Expected) => new OAuthStateMismatch({ reason, fix })

const isIssuer = (issuer: string, oauthBase: string): boolean => parseUrl(issuer)?.origin === new URL(oauthBase).origin

/** In a time that depends on the length of what came alone: nothing of the secret shows in it. */
const sameSecret = (given: string, secret: string): boolean => {
  let difference = given.length ^ secret.length
  for (let at = 0; at < given.length; at += 1) {
    difference |= given.charCodeAt(at) ^ secret.charCodeAt(at % secret.length)
  }
  return difference === 0
}

export const queryOf = (address: string | URL): string => withoutFragment(String(address)).replace(/^[^?]*\?/, "")

/** Longer than any redirect (16 KiB); more is not read. */
const maxRedirectLength = 16_384

/**
 * The query of what was pasted: a whole address, `?query`, or a bare query. The address need not be the
 * one we listen on; its state decides.
 */
export const parsePaste = (pasted: string): Either.Either<string, OAuthPasteError> => {
  const text = pasted.trim()
  if (text === "") return Either.left(unusable("it is empty"))
  if (text.length > maxRedirectLength) return Either.left(unusable("it is too long"))
  const query = parseUrl(text)?.search.slice(1) ?? withoutFragment(text.replace(/^[^?=]*\?/, ""))
  const parameters = new URLSearchParams(query)
  return parameters.has("state") || parameters.has("code") || parameters.has("error")
    ? Either.right(query)
    : Either.left(unusable("it has neither a code nor a state"))
}

const withoutFragment = (text: string): string => text.split("#", 1)[0] ?? ""

const unusable = (reason: string) => new OAuthPasteError({ reason })

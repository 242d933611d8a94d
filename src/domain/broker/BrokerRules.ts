import * as Either from "effect/Either"
import type { ProjectId } from "../account/identifiers.ts"
import type { ApiFamily } from "../api/Endpoints.ts"
import { Denied } from "./Denied.ts"
import { pathFault } from "./guestPath.ts"

export interface BrokerRules {
  readonly project: ProjectId
  readonly readOnly: boolean
  /** The paths that are allowed, each with all below it; without any, all are. */
  readonly allow: ReadonlyArray<AllowedPath>
}

export type AllowedPath = ReadonlyArray<string>

export const parseAllowedPath = (text: string): Either.Either<AllowedPath, string> => {
  if (!text.startsWith("/")) return Either.left("must begin with '/'")
  if (/[?#]/.test(text)) return Either.left("must be a path, without a query")
  return pathFault(text) === null
    ? Either.right(segmentsOf(text))
    : Either.left("must be written as a path is sent, without empty or dot segments")
}

export const segmentsOf = (path: string): ReadonlyArray<string> => path.split("/").filter((segment) => segment !== "")

export const assertAllowed = (
  { allow, readOnly }: BrokerRules,
  { family, method, path }: { readonly family: ApiFamily; readonly method: string; readonly path: string }
): Either.Either<void, Denied> => {
  if (readOnly && !isReading(method, family)) {
    return Either.left(new Denied(403, "method", `This broker is read-only: ${method} is not allowed here.`))
  }
  const segments = segmentsOf(path)
  return allow.length === 0 || allow.some((rule) => isBelow(segments, rule))
    ? Either.void
    : Either.left(new Denied(403, "path", "The path is none of those that this broker allows."))
}

/** Questions that are too long for an address are asked with POST. */
const isReading = (method: string, family: ApiFamily): boolean =>
  method === "GET" || method === "HEAD" || (method === "POST" && (family === "query" || family === "engage"))

const isBelow = (segments: ReadonlyArray<string>, rule: AllowedPath): boolean =>
  rule.every((word, at) => segments[at] !== undefined && (word === "*" || word === segments[at]))

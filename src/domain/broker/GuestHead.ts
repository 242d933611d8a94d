import * as Either from "effect/Either"
import { isLoopback } from "../api/Endpoints.ts"
import { parseUrl } from "../internal/parseUrl.ts"
import { Denied } from "./Denied.ts"

export interface GuestHead {
  readonly method: string
  readonly target: string
  /** Every value of every header, by lower-case name. */
  readonly headers: Readonly<Partial<Record<string, ReadonlyArray<string>>>>
}

export type Door = { readonly _tag: "Loopback"; readonly port: number } | { readonly _tag: "Socket" }

export const assertHead = (door: Door, { headers }: GuestHead): Either.Either<void, Denied> => {
  if (!namesDoor(door, headers["host"] ?? [])) {
    return Either.left(new Denied(421, "host", "The Host of the request is not the address of this broker."))
  }
  // Programs send neither; pages of a browser send one of them with whatever could do harm.
  if (headers["origin"] !== undefined || headers["sec-fetch-site"] !== undefined) {
    return Either.left(new Denied(403, "origin", "This broker answers programs, and no page of a browser."))
  }
  return isPlainlyFramed(headers)
    ? Either.void
    : Either.left(new Denied(400, "request", "The head of the request can be read in more than one way."))
}

/** A page of another origin whose name was made to point here (DNS rebinding) sends that name. */
const namesDoor = (door: Door, hosts: ReadonlyArray<string>): boolean => {
  const [host = "", ...others] = hosts
  if (others.length > 0) return false
  return door._tag === "Loopback"
    ? [`localhost:${door.port}`, `127.0.0.1:${door.port}`].includes(host.toLowerCase())
    : isLoopback(parseUrl(`http://${host}`)?.hostname ?? "")
}

const isPlainlyFramed = (headers: GuestHead["headers"]): boolean =>
  !(headers["transfer-encoding"] !== undefined && headers["content-length"] !== undefined) &&
  ["transfer-encoding", "content-length", "content-type", "content-encoding", "authorization"].every(
    (name) => (headers[name] ?? []).length <= 1
  ) &&
  (headers["transfer-encoding"] ?? ["chunked"]).every((coding) => coding.toLowerCase() === "chunked")

/** What a guest presents as its token; the scheme may be written in any case (RFC 9110, section 11.1). */
export const presentedToken = ({ headers }: GuestHead): string | undefined =>
  /^bearer +(\S+)$/i.exec(headers["authorization"]?.[0] ?? "")?.[1]

export const noToken = new Denied(
  401,
  "token",
  "The request carries no token of this broker (Authorization: Bearer TOKEN)."
)

/** Whether two digests are the same, in a time that does not depend on where they differ. */
export const isSameDigest = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.reduce((difference, byte, at) => difference | (byte ^ (other[at] ?? 0)), 0) === 0

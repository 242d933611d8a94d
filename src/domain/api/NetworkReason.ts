import { isErrno, meaningOf, meaningsForConnections } from "../internal/errno.ts"
import { moreOpenFiles } from "../hints/fileFixes.ts"
import { isProblem } from "./TransportProblem.ts"

const malformed = "the request could not be sent: a header or the address is malformed"

const headersTooLarge = "the headers of the answer are too large"

const phrases: Readonly<Record<string, string>> = {
  ...meaningsForConnections,
  ENOTFOUND: "the host name does not resolve",
  EAI_AGAIN: "the host name cannot be resolved at the moment",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_HEADERS_TIMEOUT: "no answer arrived in time",
  UND_ERR_BODY_TIMEOUT: "the answer stopped arriving",
  UND_ERR_SOCKET: "the other side closed the connection",
  UND_ERR_INVALID_ARG: malformed,
  ERR_INVALID_CHAR: malformed,
  ERR_INVALID_HTTP_TOKEN: malformed,
  ERR_UNESCAPED_CHARACTERS: malformed,
  UND_ERR_HEADERS_OVERFLOW: headersTooLarge,
  HPE_HEADER_OVERFLOW: headersTooLarge,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet (is this machine's clock right?)",
  ERR_SSL_WRONG_VERSION_NUMBER: "the server does not speak TLS",
  // What has to be done is nothing of the network.
  EMFILE: `${meaningOf("EMFILE")}; "${moreOpenFiles.EMFILE}" allows more of them in this shell`,
  ENFILE: `${meaningOf("ENFILE")}; "${moreOpenFiles.ENFILE}" allows more of them`
}

const unknownIssuers: ReadonlySet<string> = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
])

export const timedOut = (millis: number): string => `no answer arrived within ${Math.round(millis / 1000)} s`

/**
 * The phrase for whatever a transport failed with. Only codes and statuses are taken from it, never its
 * message, which may quote the request or the proxy's address.
 */
export const networkReason = (cause: unknown): string => {
  const chain = causesOf(cause)
  const problem = chain.find((error) => isProblem(error, "ProxyProblem", "BrokenBody"))
  if (problem !== undefined) return problem.reason
  const codes = chain.map(codeOf).filter((code) => code !== undefined)
  const known = codes.map(phraseOf).find((phrase) => phrase !== undefined)
  if (known !== undefined) return known
  const code = codes[0]
  if (code?.startsWith("HPE_") || chain.some(isParserError)) return "the answer is not HTTP"
  if (code !== undefined && isErrno(code)) return meaningOf(code)
  if (code !== undefined) return `the connection failed (${code})`
  return isRefusedByStack(chain) ? malformed : "the connection failed"
}

const neverConnected: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT"
])

export const isNeverSent = (cause: unknown): boolean =>
  causesOf(cause).some((error) => neverConnected.has(codeOf(error) ?? ""))

export const bodyReason = (cause: unknown): string => {
  const problem = causesOf(cause).find((error) => isProblem(error, "BrokenBody", "BodyTooLong"))
  return problem === undefined ? `the answer broke off: ${networkReason(cause)}` : problem.reason
}

const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|E(HOST|NET)(UNREACH|DOWN)|EMFILE|ENFILE|UND_ERR_CONNECT_TIMEOUT|UND_ERR_INVALID_ARG|CERT_\w+|ERR_(TLS|SSL)_\w+)$/

export const isUnsent = (cause: unknown): boolean => {
  const chain = causesOf(cause)
  const codes = chain.map(codeOf).filter((code) => code !== undefined)
  return (
    chain.some((error) => isProblem(error, "ProxyProblem")) ||
    codes.some((code) => beforeSending.test(code) || unknownIssuers.has(code))
  )
}

export const isLasting = (cause: unknown): boolean =>
  causesOf(cause).some((error) => isProblem(error, "ProxyProblem") && error.isLasting)

const phraseOf = (code: string): string | undefined =>
  unknownIssuers.has(code)
    ? `its certificate is signed by an unknown authority (${code}); set NODE_EXTRA_CA_CERTS to its certificate file`
    : phrases[code] && /^(CERT_|ERR_TLS_)/.test(code)
      ? `${phrases[code]} (${code}); for a private authority, set NODE_EXTRA_CA_CERTS to its certificate file`
      : phrases[code]

const deepest = 8

const causesOf = (error: unknown): ReadonlyArray<object> => {
  const found: Array<object> = []
  const queue: Array<unknown> = [error]
  while (queue.length > 0 && found.length < deepest) {
    const next = queue.shift()
    if (typeof next !== "object" || next === null || found.includes(next)) continue
    found.push(next)
    if ("cause" in next) queue.push(next.cause)
    if ("errors" in next && Array.isArray(next.errors)) queue.push(...next.errors)
  }
  return found
}

const codeOf = (error: object): string | undefined =>
  "code" in error && typeof error.code === "string" && /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code)
    ? (betterCodes.find(([code, message]) => code === error.code && hasMessage(error, message))?.[2] ?? error.code)
    : undefined

/** Where `node:http` says by its message alone what undici has a code for. */
const betterCodes = [
  ["ECONNRESET", "socket hang up", "UND_ERR_SOCKET"],
  ["EPROTO", "wrong version number", "ERR_SSL_WRONG_VERSION_NUMBER"]
] as const

const hasMessage = (error: object, message: string): boolean =>
  error instanceof Error && error.message.includes(message)

/** undici 7 has lost the codes of these. */
const isParserError = (error: object): boolean => error instanceof Error && error.name === "HTTPParserError"

const isRefusedByStack = (chain: ReadonlyArray<object>): boolean =>
  chain.some((error) => error instanceof TypeError && error.cause === undefined && error.message !== "fetch failed")

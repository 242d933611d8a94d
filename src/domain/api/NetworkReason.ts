/** Why no answer arrived, as a phrase for a person, from the code that the network stack gives. */

/** The code of the error that stands for a proxy variable which is not a usable address. */
export const proxyUnusable = "ERR_PROXY_ADDRESS"

const malformed = "the request could not be sent: a header or the address is malformed"

const phrases: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name does not resolve",
  EAI_AGAIN: "the name could not be resolved now",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  ECONNABORTED: "the connection was aborted",
  EPIPE: "the connection was closed while the request was sent",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_HEADERS_TIMEOUT: "no answer arrived in time",
  UND_ERR_BODY_TIMEOUT: "the answer stopped arriving",
  UND_ERR_SOCKET: "the other side closed the connection",
  UND_ERR_INVALID_ARG: malformed,
  UND_ERR_HEADERS_OVERFLOW: "the headers of the answer are too large",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet (is this machine's clock right?)",
  ERR_SSL_WRONG_VERSION_NUMBER: "what answers there does not speak TLS",
  EPROTO: "the TLS handshake failed",
  [proxyUnusable]: "the proxy variable (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is not an http: or https: address"
}

const unknownIssuers: ReadonlySet<string> = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
])

/** The phrase for an attempt that took longer than it may. */
export const timedOut = (millis: number): string => `no answer arrived within ${Math.round(millis / 1000)} s`

/**
 * The phrase for whatever a transport failed with. Only codes and statuses are taken from it, never its
 * message, which may quote the request or the proxy's address.
 */
export const networkReason = (cause: unknown): string => {
  const chain = causesOf(cause)
  const codes = chain.map(codeOf).filter((code) => code !== undefined)
  const known = codes.map(phraseOf).find((phrase) => phrase !== undefined)
  if (known !== undefined) return known
  const proxy = chain.map(proxyStatus).find((status) => status !== undefined)
  if (proxy !== undefined) return `the proxy refused to connect (${proxy})`
  const code = codes[0]
  if (code?.startsWith("HPE_") || chain.some(isParserError)) return "the answer is not HTTP"
  if (code !== undefined) return `the connection failed (${code})`
  return isRefusedByStack(chain) ? malformed : "the connection failed"
}

const phraseOf = (code: string): string | undefined =>
  unknownIssuers.has(code)
    ? `its certificate is signed by an authority that is not trusted here (${code}); name its file in NODE_EXTRA_CA_CERTS`
    : phrases[code] && /^(CERT_|ERR_TLS_)/.test(code)
      ? `${phrases[code]} (${code}); a private authority belongs in NODE_EXTRA_CA_CERTS`
      : phrases[code]

const deepest = 8

/** The error, what caused it, and what an AggregateError gathered, outermost first. */
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
    ? error.code
    : undefined

const proxyStatus = (error: object): string | undefined =>
  error instanceof Error ? /^Proxy response \(([0-9]{3})\)/.exec(error.message)?.[1] : undefined

/** undici 7 has lost the codes of these. */
const isParserError = (error: object): boolean => error instanceof Error && error.name === "HTTPParserError"

const isRefusedByStack = (chain: ReadonlyArray<object>): boolean =>
  chain.some((error) => error instanceof TypeError && error.cause === undefined && error.message !== "fetch failed")

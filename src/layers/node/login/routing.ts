/** What a request to the listener is about, decided from its head alone: nothing here trusts it. */

export interface RequestHead {
  readonly method: string
  /** The request target as it was sent. */
  readonly target: string
  /** Every value of every header, by lower-case name. */
  readonly headers: Readonly<Partial<Record<string, ReadonlyArray<string>>>>
  /** The port that it came to. */
  readonly port: number
}

export type Route =
  /** A redirect that may be the login's. */
  | { readonly _tag: "Callback"; readonly query: string }
  /** The page that a redirect was led to. */
  | { readonly _tag: "Page"; readonly nonce: string }
  | { readonly _tag: "Refusal"; readonly status: number }

const callbackPath = "/callback"

/** Where the page of one redirect is: an address without the code, which nobody else can guess. */
export const pagePath = (nonce: string): string => `${callbackPath}/done/${nonce}`

export const route = (head: RequestHead): Route => {
  if (!namesThisListener(head)) return refuse(421)
  if (isSpeculative(head)) return refuse(503)
  const [path = "", query = ""] = splitOnce(head.target, "?")
  const found = find(path, query)
  if (found._tag === "Refusal") return found
  if (head.method !== "GET") return refuse(405)
  return hasBody(head) ? refuse(413) : found
}

const refuse = (status: number): Route => ({ _tag: "Refusal", status })

const find = (path: string, query: string): Route => {
  if (path === callbackPath) return { _tag: "Callback", query }
  const nonce = path.startsWith(pagePath("")) ? path.slice(pagePath("").length) : ""
  return nonce === "" ? refuse(404) : { _tag: "Page", nonce }
}

const splitOnce = (text: string, separator: string): ReadonlyArray<string> => {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

/** A page of another origin whose name was made to point here (DNS rebinding) sends that name. */
const namesThisListener = ({ headers, port }: RequestHead): boolean => {
  const [host, ...others] = headers["host"] ?? []
  if (host === undefined || others.length > 0) return false
  return [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`].includes(host.toLowerCase())
}

const speculativeHeaders = ["sec-purpose", "purpose", "x-purpose", "x-moz"]

/** Fetched before anybody asked to see it; the code must not be spent on that. */
const isSpeculative = ({ headers }: RequestHead): boolean =>
  speculativeHeaders.some((name) => headers[name]?.some((value) => /prefetch|prerender|preview/i.test(value)))

const hasBody = ({ headers }: RequestHead): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? []).some((length) => length !== "0")

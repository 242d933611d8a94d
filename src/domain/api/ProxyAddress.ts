/** Which addresses a proxy can have. */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"

/** `proxy.example:3128` is understood as curl understands it. */
export const withScheme = (address: string): string => (address.includes("://") ? address : `http://${address}`)

/** Whether it is an `http:` or `https:` address with well-formed credentials. */
export const isProxyAddress = (text: string): boolean => {
  const address = withScheme(text)
  if (!URL.canParse(address)) return false
  const { password, protocol, username } = new URL(address)
  return (
    (protocol === "http:" || protocol === "https:") &&
    [username, password].every((part) => Either.isRight(Encoding.decodeUriComponent(part)))
  )
}

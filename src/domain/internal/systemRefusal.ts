/** What a system refused, as Node tells it. Nothing of the table of meanings is here: the launcher has no room for it. */

/** The one meaning that the launcher tells as well: without descriptors, nothing else can be loaded. */
export const tooManyOpen = "too many files are open"

export interface SystemRefusal {
  readonly code: string
  readonly syscall: string
  readonly about: string | null
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined

const deepest = 8

const isCode = (code: string): boolean => /^(?:E[A-Z0-9]+|UNKNOWN)$/.test(code)

const textIn = (error: Error, key: string): string | null => {
  const value: unknown = Reflect.get(error, key)
  return typeof value === "string" || typeof value === "number" ? String(value) : null
}

const placeIn = (error: Error): string | null => {
  const [address, port] = [textIn(error, "address"), textIn(error, "port")]
  return textIn(error, "path") ?? (address === null || port === null ? address : `${address}:${port}`)
}

/** What a system refused, if that is what the error, or one that caused it, tells of. A bug of ours has no call. */
export const systemRefusal = (error: unknown, depth = 0): SystemRefusal | null => {
  if (!(error instanceof Error) || depth > deepest) return null
  const [code, call] = [textIn(error, "code"), textIn(error, "syscall")]
  if (code === null || call === null || !isCode(code)) return systemRefusal(error.cause, depth + 1)
  const [syscall = call] = call.split(" ")
  return { code, syscall, about: placeIn(error) }
}

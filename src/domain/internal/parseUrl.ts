/**
 * The address that a text is, or `null`. `URL.canParse` is not asked: in Node 20 and 22 it answers `false` for an
 * address with a letter such as "ü" once it has been called a few thousand times.
 */
export const parseUrl = (text: string, base?: URL): URL | null => {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}

/** The port of an address, also where it is not written because the scheme has it. */
export const portOf = ({ port, protocol }: URL): string => (port === "" ? (protocol === "http:" ? "80" : "443") : port)

/** A part of an address without its percent signs, or `null` where one of them is followed by no two digits. */
export const percentDecoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Paths that mean the same to everybody: to the rules of a broker, to whatever stands in between, and to the server. */

export const pathFault = (path: string): string | null => {
  if (!/^\/[!-~]*$/.test(path)) return "contains characters that a path cannot have"
  if (/[\\;?#]/.test(path)) return "contains characters that servers read in different ways"
  if (/\/\//.test(path)) return "has an empty segment"
  if (/\/\.\.?(\/|$)/.test(path)) return "has a dot segment"
  return [...path.matchAll(/%(..?)?/g)].every(([, hex = ""]) => isNeeded(hex))
    ? null
    : "has characters encoded that need not be, or must not"
}

/** Only what cannot stand in a path is encoded there: nothing that could be a digit, a slash, a dot or a percent sign. */
const isNeeded = (hex: string): boolean => {
  if (!/^[0-9a-f]{2}$/i.test(hex)) return false
  const byte = Number.parseInt(hex, 16)
  return byte >= 0x80 || ` "<>[]^\`{|}`.includes(String.fromCharCode(byte))
}

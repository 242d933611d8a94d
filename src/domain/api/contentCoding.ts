export const knownCodings = ["gzip", "x-gzip", "deflate", "br"] as const

/** In the order in which they are undone: the last one first. */
export const codingsOf = (header: string | undefined): ReadonlyArray<string> =>
  (header ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity")
    .toReversed()

/** Whether a body comes without these codings; what is not known is left as it is. */
export const areUndone = (codings: ReadonlyArray<string>): boolean =>
  codings.every((coding) => knownCodings.some((known) => known === coding))

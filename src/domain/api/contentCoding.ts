export const knownCodings = ["gzip", "x-gzip", "deflate", "br"] as const

export const codingsOf = (header: string | undefined): ReadonlyArray<string> =>
  (header ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity")
    .toReversed()

export const areUndone = (codings: ReadonlyArray<string>): boolean =>
  codings.every((coding) => knownCodings.some((known) => known === coding))

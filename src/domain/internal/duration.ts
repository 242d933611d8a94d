import * as Either from "effect/Either"

const millisOf: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000
}

/** In milliseconds; a number alone is in seconds. `Left`: what it must be, as a phrase. */
export const parseDuration = (text: string): Either.Either<number, string> => {
  if (!/^(?:\d{1,9}|(?:\d{1,9}[smhdw])+)$/.test(text) || text.length > 60) {
    return Either.left("must be a duration, such as 90s, 5m, 12h or 1d")
  }
  const parts = [...text.matchAll(/(\d+)([smhdw]?)/g)]
  return Either.right(parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (millisOf[unit] ?? 1_000), 0))
}

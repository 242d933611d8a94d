import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ResolutionError } from "../../errors.ts"
import type { Candidate, Source } from "./Inputs.ts"

export interface Offer<A> {
  readonly source: Source
  readonly origin: string
  readonly value: string
  readonly take: Either.Either<A, ResolutionError>
  /** Set when this source does not count here. */
  readonly skip: string | null
  readonly note?: string | undefined
}

export const offer = <A>(source: Source, origin: string, value: A): Offer<A> => ({
  source,
  origin,
  value: String(value),
  take: Either.right(value),
  skip: null
})

export const sourceNames: Record<Source, string> = {
  environment: "the environment",
  flag: "the flag",
  target: "the target",
  bridge: "the bridge",
  directory: "the rule of the directory",
  active: "the active account",
  account: "the account's default"
}

/** The first offer that counts wins; what became of the others is kept. */
export const pick = <A>(offers: ReadonlyArray<Offer<A>>) => {
  const won = offers.find((offer) => offer.skip === null)
  const candidates = offers.map(({ note, origin, skip, source, value }, index): Candidate => {
    if (skip !== null) return { source, origin, value, status: "skipped", reason: skip }
    if (won !== undefined && offers.indexOf(won) === index)
      return { source, origin, value, status: "used", reason: note ?? null }
    return {
      source,
      origin,
      value,
      status: "shadowed",
      reason: `${sourceNames[won?.source ?? "environment"]} comes first`
    }
  })
  const winner: Either.Either<Option.Option<A>, ResolutionError> = won === undefined
    ? Either.right(Option.none())
    : Either.map(won.take, Option.some)
  return { winner, candidates }
}

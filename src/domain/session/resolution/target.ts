import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { targetNamed } from "../../config/named.ts"
import type { ResolutionError } from "../../errors.ts"
import type { Inputs } from "./Inputs.ts"
import type { Target } from "../SavedSession.ts"
import type { Offer } from "./Offer.ts"

export const chosenTarget = ({ config, overrides }: Inputs): Either.Either<Option.Option<Target>, ResolutionError> =>
  Option.match(overrides.target, {
    onNone: () => Either.right(Option.none()),
    onSome: ({ origin, value }) => Either.map(targetNamed(config, value, origin), Option.some)
  })

export type ChosenTarget = ReturnType<typeof chosenTarget>

export const fromTarget = <A>(
  inputs: Inputs,
  target: ChosenTarget,
  key: string,
  offer: (target: Target, origin: string) => ReadonlyArray<Offer<A>>
): ReadonlyArray<Offer<A>> =>
  Either.match(target, {
    onLeft: () => [],
    onRight: (found) =>
      Option.match(found, {
        onNone: () => [],
        onSome: (target) => offer(target, `[targets.${target.name}].${key} in ${inputs.config.path}`)
      })
  })

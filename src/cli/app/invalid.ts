/** Complaints about what was given, each with what makes it right. */
import * as Either from "effect/Either"
import { InvalidArgument } from "../../domain/errors.ts"
import type { Again, Command } from "../../domain/hints/Command.ts"

/** A change of the command line that failed, or another command. */
type Fix = Again | Command

export const invalid = (message: string, ...fixes: ReadonlyArray<Fix>): InvalidArgument =>
  new InvalidArgument({
    message,
    hints: fixes.filter((fix) => typeof fix === "string"),
    again: fixes.filter((fix) => typeof fix !== "string")
  })

/** The value of a flag or an argument, or the complaint that names it. */
export const checked = <A>(
  what: string,
  parsed: Either.Either<A, string>,
  ...fixes: ReadonlyArray<Fix>
): Either.Either<A, InvalidArgument> => Either.mapLeft(parsed, (message) => invalid(`${what} ${message}.`, ...fixes))

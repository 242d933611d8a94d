/**
 * Flags and arguments, declared once: the same declaration gives the grammar that checks a command line,
 * the help, the completions, and the parser of @effect/cli.
 */
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Option from "effect/Option"

/** What the grammar and the help need to know about a flag. */
export interface FlagSpec {
  readonly name: string
  readonly short?: string
  /** The placeholder of its value; without one the flag is a switch. */
  readonly value?: string
  readonly description: string
  readonly required?: boolean
  readonly repeated?: boolean
  readonly choices?: ReadonlyArray<string>
}

/** What the grammar and the help need to know about an argument. */
export interface ArgumentSpec {
  readonly name: string
  readonly description: string
  readonly required: boolean
  readonly choices?: ReadonlyArray<string>
  /** It takes all words behind `--`, and none before. */
  readonly rest?: boolean
}

/** A flag and the parser of its value. */
export interface Flag<A> {
  readonly spec: FlagSpec
  readonly options: Options.Options<A>
}

/** An argument and the parser of its value. */
export interface Argument<A> {
  readonly spec: ArgumentSpec
  readonly args: Args.Args<A>
}

/**
 * Values travel to @effect/cli behind this mark, so that it can never take one that starts with a dash
 * for a flag.
 */
const mark = ":"

/** Makes a value safe to travel. */
export const marked = (value: string): string => mark + value

const unmarked = (value: string): string => value.slice(mark.length)

type Details = Omit<FlagSpec, "name" | "value" | "required" | "repeated">

/** A flag with a value that may be left out. */
export const optional = (name: string, value: string, details: Details): Flag<Option.Option<string>> => ({
  spec: { name, value, ...details },
  options: Options.text(name).pipe(Options.map(unmarked), Options.optional)
})

/** A flag with a value that must be given. */
export const required = (name: string, value: string, details: Details): Flag<string> => ({
  spec: { name, value, required: true, ...details },
  options: Options.text(name).pipe(Options.map(unmarked))
})

/** A flag that may be given several times. */
export const repeated = (name: string, value: string, details: Details): Flag<ReadonlyArray<string>> => ({
  spec: { name, value, repeated: true, ...details },
  options: Options.text(name).pipe(
    Options.repeated,
    Options.map((values) => values.map(unmarked))
  )
})

/** A switch. */
export const toggle = (name: string, details: Details): Flag<boolean> => ({
  spec: { name, ...details },
  options: Options.boolean(name)
})

/** An argument that must be given. */
export const argument = (name: string, description: string): Argument<string> => ({
  spec: { name, description, required: true },
  args: Args.text({ name }).pipe(Args.map(unmarked))
})

/** An argument that may be left out. */
export const optionalArgument = (name: string, description: string): Argument<Option.Option<string>> => ({
  spec: { name, description, required: false },
  args: Args.text({ name }).pipe(Args.map(unmarked), Args.optional)
})

/** An argument that must be one of some words. */
export const choice = (name: string, description: string, choices: ReadonlyArray<string>): Argument<string> => {
  const { args, spec } = argument(name, description)
  return { spec: { ...spec, choices }, args }
}

/** All words behind `--`, at least one; it can only be the last argument. */
export const rest = (name: string, description: string): Argument<ReadonlyArray<string>> => ({
  spec: { name, description, required: true, rest: true },
  args: Args.text({ name }).pipe(
    Args.repeated,
    Args.map((words) => words.map(unmarked))
  )
})

/** `None` as `undefined`, for the optional fields of the library. */
export const orUndefined: <A>(option: Option.Option<A>) => A | undefined = Option.getOrUndefined

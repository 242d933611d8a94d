/**
 * Checks a command line against the facts of the commands before @effect/cli parses it: an unknown flag never becomes an
 * argument, and what is wrong is reported where it is, with the nearest right name. What passes is written anew, in the
 * one form in which the parser can take no value for a flag, a command or an option of its own:
 * `[global flags] [path] [flags] -- [arguments]`, each flag by its long name, each value a word. What a repeated
 * flag is given stands there as a string of JSON.
 */
import { command } from "../../domain/hints/Command.ts"
import * as Either from "effect/Either"
import { closest, distance } from "fastest-levenshtein"
import { InvalidArgument } from "../../domain/errors.ts"
import type { Typed, TypedFlag } from "./again.ts"
import { argumentsOf, type CommandFacts, type Facts, type FlagFacts, flagsOf, type GroupFacts } from "./facts.ts"
import { globalFlags } from "./globalFlags.ts"
import { usageLine } from "./help.ts"

/**
 * A command line that is right.
 * @since 0.1.0
 * @category models
 */
export interface CanonicalArgv {
  readonly request: "run" | "help" | "version"
  /** What the parser is given. */
  readonly argv: ReadonlyArray<string>
  /** The same for people, who may want to give it again. */
  readonly typed: Typed
}

/**
 * What is wrong, and as much of the flags as was seen: they say in which format it is reported.
 * @since 0.1.0
 * @category errors
 */
export interface Refused {
  readonly error: InvalidArgument
  readonly flags: Typed["flags"]
}

interface Progress {
  readonly path: ReadonlyArray<string>
  readonly facts: Facts
  readonly globals: ReadonlyArray<TypedFlag>
  readonly flags: ReadonlyArray<TypedFlag>
  readonly typed: ReadonlyArray<TypedFlag>
  readonly args: ReadonlyArray<string>
  readonly request: CanonicalArgv["request"]
}

export const canonicalArgv = (root: GroupFacts, argv: ReadonlyArray<string>): Either.Either<CanonicalArgv, Refused> => {
  let progress: Progress = { path: [], facts: root, globals: [], flags: [], typed: [], args: [], request: "run" }
  let rest = argv
  while (rest.length > 0) {
    const step = takeWord(progress, rest)
    if (Either.isLeft(step)) return Either.left({ error: step.left, flags: flagsBehind(progress, rest) })
    progress = step.right.progress
    rest = step.right.rest
  }
  return Either.mapBoth(finish(progress), {
    onLeft: (error) => ({ error, flags: progress.typed }),
    onRight: ({ args, facts, flags, globals, path, request, typed }) => ({
      request,
      argv: [
        ...globals.flatMap(flagWords(root, facts)),
        ...path,
        ...flags.flatMap(flagWords(root, facts)),
        ...(args.length === 0 ? [] : ["--", ...args])
      ],
      typed: { path, args, flags: typed }
    })
  })
}

/** For the parser of the one command. As a word of its own, a name of the path stands nowhere before the path. */
export const withoutPath = ({ argv, typed: { path } }: CanonicalArgv): ReadonlyArray<string> =>
  argv.toSpliced(argv.indexOf(path[0] ?? ""), path.length)

/**
 * The parser looks for `--`, for the name of a command and for a flag that may be repeated wherever they stand: as values
 * they are no words of their own. What a repeated flag is given, the parser would trim.
 */
const flagWords = ({ children }: GroupFacts, facts: Facts) => {
  const own = facts.kind === "command" ? flagsOf(facts) : []
  const taken = new Set(["--", ...children.map(({ name }) => name), ...own.map(({ name }) => `--${name}`)])
  return ([name, value]: TypedFlag): ReadonlyArray<string> => {
    if (value === undefined) return [`--${name}`]
    if (own.some((flag) => flag.name === name && flag.repeated === true)) return [`--${name}`, JSON.stringify(value)]
    return taken.has(value) ? [`--${name}=${value}`] : [`--${name}`, value]
  }
}

const flagsBehind = (progress: Progress, words: ReadonlyArray<string>): Typed["flags"] => {
  let sweep: Step = { progress, rest: words }
  while (sweep.rest.length > 0 && sweep.rest[0] !== "--") {
    const [word = "", ...rest] = sweep.rest
    const step = isFlag(word) ? takeFlag(sweep.progress, word, rest) : undefined
    sweep = step !== undefined && Either.isRight(step) ? step.right : { progress: sweep.progress, rest }
  }
  return sweep.progress.typed
}

const isFlag = (word: string): boolean => word.startsWith("-") && word !== "-"

interface Step {
  readonly progress: Progress
  readonly rest: ReadonlyArray<string>
}

type Taken = Either.Either<Step, InvalidArgument>

const takeWord = (progress: Progress, words: ReadonlyArray<string>): Taken => {
  const [word = "", ...rest] = words
  if (word === "--") return takeArguments(progress, rest)
  if (isFlag(word)) return takeFlag(progress, word, rest)
  if (progress.facts.kind === "group") return takeCommand(progress, progress.facts, word, rest)
  if (isRest(progress.facts, progress.args.length)) {
    return usageError(progress, `The ${argumentsOf(progress.facts).at(-1)?.name} comes after '--'.`)
  }
  return Either.map(takeArguments(progress, [word]), (step) => ({ ...step, rest }))
}

const takeCommand = (progress: Progress, group: GroupFacts, word: string, rest: ReadonlyArray<string>): Taken => {
  if (word === "help" && progress.path.length === 0) {
    return Either.right({ progress: { ...progress, request: "help" }, rest })
  }
  // A topic is a command below `help`; any other word behind it is that of a command whose page is shown.
  const help = progress.request === "help" ? group.children.find(({ name }) => name === "help") : undefined
  const topics = help?.kind === "group" ? help.children : []
  const topic = topics.find(({ name }) => name === word)
  if (topic !== undefined) {
    return Either.right({ progress: { ...progress, request: "run", path: ["help", word], facts: topic }, rest })
  }
  const child = group.children.find(({ name }) => name === word)
  return child === undefined
    ? unknown(
        progress,
        `command '${word}'`,
        word,
        [...group.children, ...topics].map(({ name }) => name)
      )
    : Either.right({ progress: { ...progress, path: [...progress.path, word], facts: child }, rest })
}

const isRest = (facts: Facts, place: number): boolean =>
  facts.kind === "command" &&
  argumentsOf(facts)
    .slice(0, place + 1)
    .some(({ rest }) => rest === true)

const takeArguments = (progress: Progress, words: ReadonlyArray<string>): Taken => {
  const args = [...progress.args, ...words]
  const known = progress.facts.kind === "command" ? argumentsOf(progress.facts) : []
  const wrong = known.findIndex(({ choices }, place) => !(choices?.includes(args[place] ?? "") ?? true))
  const { choices = [], name } = known[wrong] ?? {}
  if (wrong !== -1 && args[wrong] !== undefined) {
    return unknown(progress, `value '${args[wrong]}' of ${name}`, args[wrong], choices, `one of ${choices.join(", ")}`)
  }
  const room = isRest(progress.facts, known.length) ? args.length : known.length
  const extra = args[room]
  return extra === undefined
    ? Either.right({ progress: { ...progress, args }, rest: [] })
    : usageError(progress, `Unexpected argument ${takesSecret(progress.facts) ? hidden : `'${extra}'`}.`)
}

/** Someone may have put a secret where its `--…-stdin` switch is. */
const takesSecret = (facts: Facts): boolean =>
  facts.kind === "command" && flagsOf(facts).some(({ name }) => name === "secret-stdin" || name === "token-stdin")

const hidden = "(not shown, as it may be a secret; those are read from stdin)"

interface Written {
  readonly name: string
  readonly attached: string | undefined
}

const splitFlag = (word: string): Written => {
  if (!word.startsWith("--")) {
    const attached = word.slice(2).replace(/^=/, "")
    return { name: word.slice(0, 2), attached: word.length === 2 ? undefined : attached }
  }
  const equals = word.indexOf("=")
  return equals === -1
    ? { name: word, attached: undefined }
    : { name: word.slice(0, equals), attached: word.slice(equals + 1) }
}

const takeFlag = (progress: Progress, word: string, rest: ReadonlyArray<string>): Taken => {
  const written = splitFlag(word)
  const own = progress.facts.kind === "command" ? flagsOf(progress.facts) : []
  const known = [...own, ...globalFlags]
  const flag = known.find(({ name, short }) => written.name === `--${name}` || written.name === `-${short}`)
  if (flag === undefined) {
    const names = known.map(({ name }) => `--${name}`)
    return unknown(progress, `flag '${written.name}'`, written.name, written.name.startsWith("--") ? names : [])
  }
  return flag.value === undefined ? takeSwitch(progress, flag, written, rest) : takeValue(progress, flag, written, rest)
}

const takeSwitch = (
  progress: Progress,
  flag: FlagFacts,
  { attached, name }: Written,
  rest: ReadonlyArray<string>
): Taken => {
  if (attached !== undefined && name.startsWith("--")) {
    return usageError(progress, `Flag '--${flag.name}' takes no value.`)
  }
  const next = attached === undefined ? rest : [`-${attached}`, ...rest]
  if (flag.name === "help" || flag.name === "version") {
    return Either.right({ progress: { ...progress, request: flag.name }, rest: next })
  }
  return Either.right({ progress: record(progress, flag), rest: next })
}

const takeValue = (progress: Progress, flag: FlagFacts, { attached }: Written, words: ReadonlyArray<string>): Taken => {
  const [value, rest] = attached === undefined ? [words[0], words.slice(1)] : [attached, words]
  if (value === undefined) return usageError(progress, `Flag '--${flag.name}' needs a value (${flag.value}).`)
  if (isSeen(progress, flag) && flag.repeated !== true) {
    return usageError(progress, `Flag '--${flag.name}' is given twice.`)
  }
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    const what = `value '${value}' of flag '--${flag.name}'`
    return unknown(progress, what, value, flag.choices, `one of ${flag.choices.join(", ")}`)
  }
  return Either.right({ progress: record(progress, flag, value), rest })
}

const record = (progress: Progress, flag: FlagFacts, value?: string): Progress => {
  if (isSeen(progress, flag) && flag.repeated !== true) return progress
  const given: TypedFlag = value === undefined ? [flag.name] : [flag.name, value]
  const typed = [...progress.typed, given]
  return globalFlags.includes(flag)
    ? { ...progress, typed, globals: [...progress.globals, given] }
    : { ...progress, typed, flags: [...progress.flags, given] }
}

const isTyped = ({ typed }: Progress, flag: string): boolean => typed.some(([name]) => name === flag)

const isSeen = (progress: Progress, flag: FlagFacts): boolean => isTyped(progress, flag.name)

const finish = (progress: Progress): Either.Either<Progress, InvalidArgument> => {
  if (progress.request !== "run") return Either.right(progress)
  if (progress.facts.kind === "group") return Either.right({ ...progress, request: "help" })
  const missing = missingWords(progress, progress.facts)
  return missing.length === 0
    ? Either.right(progress)
    : usageError(progress, `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing.`)
}

const missingWords = (progress: Progress, facts: CommandFacts): ReadonlyArray<string> => [
  ...argumentsOf(facts)
    .filter(({ required, requiredWithout }, index) => {
      const isNeeded = required || requiredWithout?.some((flag) => isTyped(progress, flag)) === false
      return isNeeded && progress.args.length <= index
    })
    .map(({ name }) => name),
  ...flagsOf(facts)
    .filter((flag) => flag.required === true && !isSeen(progress, flag))
    .map(({ name }) => `--${name}`)
]

const unknown = (
  progress: Progress,
  what: string,
  word: string,
  candidates: ReadonlyArray<string>,
  instead?: string
): Refusal => {
  const begun = candidates.find((candidate) => word.length > 3 && candidate.startsWith(word))
  const swapped = candidates.find((candidate) => isSwapped(word, candidate))
  const near = begun ?? swapped ?? (candidates.length === 0 ? undefined : closest(word, [...candidates]))
  const suggestion = near !== undefined && (near === swapped || isNear(word, near)) ? ` Did you mean '${near}'?` : ""
  return usageError(progress, `Unknown ${what}${instead === undefined ? "" : ` (${instead})`}.${suggestion}`)
}

/** A slip of the finger changes few letters: one in a short word, a third of a long one. */
const isNear = (word: string, candidate: string): boolean =>
  candidate.startsWith(word)
    ? word.length > 1
    : distance(word, candidate) <= Math.max(1, Math.floor(Math.min(word.length, candidate.length) / 3))

/** Two neighbours change places in the most frequent slip of all, and count as two wrong letters elsewhere. */
const isSwapped = (word: string, candidate: string): boolean =>
  [...word].some(
    (_, at) => word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2) === candidate
  )

type Refusal = Either.Either<never, InvalidArgument>

const usageError = ({ facts, path }: Progress, message: string): Refusal =>
  Either.left(
    new InvalidArgument({ message, hints: [command`mp ${path} --help`], details: { usage: usageLine(path, facts) } })
  )

/**
 * Checks a command line against the tree of declarations before anything is parsed: an unknown flag never
 * becomes an argument, and what is wrong is reported where it is, with the nearest right name.
 */
import { command } from "../../domain/hints/Command.ts"
import * as Either from "effect/Either"
import { closest, distance } from "fastest-levenshtein"
import { InvalidArgument } from "../../domain/errors.ts"
import type { Typed, TypedFlag } from "./again.ts"
import type { GroupSpec, LeafSpec, Spec } from "./declare.ts"
import { type FlagSpec, marked } from "./flag.ts"
import { usageLine } from "./usage.ts"

/** A command line that was understood. */
export interface Understood {
  /** The names from below the root to the command. */
  readonly path: ReadonlyArray<string>
  readonly request: "run" | "help" | "version"
  /** The words for the parser of the global flags. */
  readonly globals: ReadonlyArray<string>
  /** The words for the parser of the command. */
  readonly words: ReadonlyArray<string>
  /** The same for people, who may want to give it again. */
  readonly typed: Typed
}

/** A command line that was not, and as much of the global flags as was seen (for the format of the error). */
export interface Misunderstood {
  readonly error: InvalidArgument
  readonly globals: ReadonlyArray<string>
}

interface Progress {
  readonly path: ReadonlyArray<string>
  readonly spec: Spec
  readonly globals: ReadonlyArray<string>
  readonly flags: ReadonlyArray<string>
  readonly typed: ReadonlyArray<TypedFlag>
  readonly seen: ReadonlySet<string>
  readonly args: ReadonlyArray<string>
  readonly request: Understood["request"]
}

/** Understands a command line, or says what is wrong with it. */
export const understand = (
  root: GroupSpec,
  globalFlags: ReadonlyArray<FlagSpec>,
  argv: ReadonlyArray<string>
): Either.Either<Understood, Misunderstood> => {
  let progress: Progress = {
    path: [],
    spec: root,
    globals: [],
    flags: [],
    typed: [],
    seen: new Set(),
    args: [],
    request: "run"
  }
  let rest = argv
  while (rest.length > 0) {
    const step = takeWord(progress, globalFlags, rest)
    if (Either.isLeft(step)) {
      return Either.left({ error: step.left, globals: globalsBehind(progress, globalFlags, rest) })
    }
    progress = step.right.progress
    rest = step.right.rest
  }
  return Either.mapBoth(finish(progress), {
    onLeft: (error) => ({ error, globals: progress.globals }),
    onRight: ({ args, flags, globals, path, request, typed }) => ({
      path,
      request,
      globals,
      words: [...flags, ...args.map(marked)],
      typed: { path, args, flags: typed }
    })
  })
}

/** The global flags behind a mistake too: they say in which format it is told. */
const globalsBehind = (
  progress: Progress,
  globalFlags: ReadonlyArray<FlagSpec>,
  words: ReadonlyArray<string>
): ReadonlyArray<string> => {
  let sweep: Step = { progress, rest: words }
  while (sweep.rest.length > 0 && sweep.rest[0] !== "--") {
    const [word = "", ...rest] = sweep.rest
    const step = word.startsWith("-") && word !== "-" ? takeFlag(sweep.progress, globalFlags, word, rest) : undefined
    sweep = step !== undefined && Either.isRight(step) ? step.right : { progress: sweep.progress, rest }
  }
  return sweep.progress.globals
}

interface Step {
  readonly progress: Progress
  readonly rest: ReadonlyArray<string>
}

const takeWord = (
  progress: Progress,
  globalFlags: ReadonlyArray<FlagSpec>,
  words: ReadonlyArray<string>
): Either.Either<Step, InvalidArgument> => {
  const [word = "", ...rest] = words
  if (word === "--") return takeArguments(progress, rest)
  if (word.startsWith("-") && word !== "-") return takeFlag(progress, globalFlags, word, rest)
  if (progress.spec.kind === "group") return takeCommand(progress, progress.spec, word, rest)
  if (isRest(progress.spec, progress.args.length)) {
    return Either.left(usageError(progress, `The ${progress.spec.arguments.at(-1)?.name} comes after '--'.`))
  }
  return Either.map(takeArguments(progress, [word]), (step) => ({ ...step, rest }))
}

const takeCommand = (
  progress: Progress,
  group: GroupSpec,
  word: string,
  rest: ReadonlyArray<string>
): Either.Either<Step, InvalidArgument> => {
  if (word === "help" && progress.path.length === 0) {
    return Either.right({ progress: { ...progress, request: "help" }, rest })
  }
  const child = group.children.find(({ name }) => name === word)
  return child === undefined
    ? Either.left(
        unknown(
          progress,
          `command '${word}'`,
          word,
          group.children.map(({ name }) => name)
        )
      )
    : Either.right({ progress: { ...progress, path: [...progress.path, word], spec: child }, rest })
}

/** Whether the argument at a place takes all words from there on. */
const isRest = (spec: Spec, place: number): boolean =>
  spec.kind === "leaf" && spec.arguments.slice(0, place + 1).some(({ rest }) => rest === true)

const takeArguments = (progress: Progress, words: ReadonlyArray<string>): Either.Either<Step, InvalidArgument> => {
  const args = [...progress.args, ...words]
  const known = progress.spec.kind === "leaf" ? progress.spec.arguments : []
  const wrong = known.findIndex(({ choices }, place) => !(choices?.includes(args[place] ?? "") ?? true))
  const { choices = [], name } = known[wrong] ?? {}
  if (wrong !== -1 && args[wrong] !== undefined) {
    const what = `value '${args[wrong]}' of ${name}`
    return Either.left(unknown(progress, what, args[wrong], choices, `one of ${choices.join(", ")}`))
  }
  const room = isRest(progress.spec, known.length) ? args.length : known.length
  const extra = args[room]
  return extra === undefined
    ? Either.right({ progress: { ...progress, args }, rest: [] })
    : Either.left(usageError(progress, `Unexpected argument ${takesSecret(progress.spec) ? hidden : `'${extra}'`}.`))
}

/** Someone may have put a secret where its `--…-stdin` switch is. */
const takesSecret = (spec: Spec): boolean =>
  spec.kind === "leaf" && spec.flags.some(({ name }) => name === "secret-stdin" || name === "token-stdin")

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

const takeFlag = (
  progress: Progress,
  globalFlags: ReadonlyArray<FlagSpec>,
  word: string,
  rest: ReadonlyArray<string>
): Either.Either<Step, InvalidArgument> => {
  const written = splitFlag(word)
  const own = progress.spec.kind === "leaf" ? progress.spec.flags : []
  const known = [...own, ...globalFlags]
  const flag = known.find(({ name, short }) => written.name === `--${name}` || written.name === `-${short}`)
  if (flag === undefined) {
    const names = known.map(({ name }) => `--${name}`)
    return Either.left(
      unknown(progress, `flag '${written.name}'`, written.name, written.name.startsWith("--") ? names : [])
    )
  }
  return flag.value === undefined
    ? takeSwitch(progress, flag, written, globalFlags.includes(flag), rest)
    : takeValue(progress, flag, written, globalFlags.includes(flag), rest)
}

const takeSwitch = (
  progress: Progress,
  flag: FlagSpec,
  { attached, name }: Written,
  isGlobal: boolean,
  rest: ReadonlyArray<string>
): Either.Either<Step, InvalidArgument> => {
  if (attached !== undefined && name.startsWith("--")) {
    return Either.left(usageError(progress, `Flag '--${flag.name}' takes no value.`))
  }
  const next = attached === undefined ? rest : [`-${attached}`, ...rest]
  if (flag.name === "help" || flag.name === "version") {
    return Either.right({ progress: { ...progress, request: flag.name }, rest: next })
  }
  return Either.right({ progress: record(progress, flag, isGlobal), rest: next })
}

const takeValue = (
  progress: Progress,
  flag: FlagSpec,
  { attached }: Written,
  isGlobal: boolean,
  words: ReadonlyArray<string>
): Either.Either<Step, InvalidArgument> => {
  const [value, rest] = attached === undefined ? [words[0], words.slice(1)] : [attached, words]
  if (value === undefined)
    return Either.left(usageError(progress, `Flag '--${flag.name}' needs a value (${flag.value}).`))
  if (progress.seen.has(flag.name) && flag.repeated !== true) {
    return Either.left(usageError(progress, `Flag '--${flag.name}' is given twice.`))
  }
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    return Either.left(
      unknown(
        progress,
        `value '${value}' of flag '--${flag.name}'`,
        value,
        flag.choices,
        `one of ${flag.choices.join(", ")}`
      )
    )
  }
  return Either.right({ progress: record(progress, flag, isGlobal, value), rest })
}

const record = (progress: Progress, flag: FlagSpec, isGlobal: boolean, value?: string): Progress => {
  if (progress.seen.has(flag.name) && flag.repeated !== true) return progress
  const words = value === undefined ? [`--${flag.name}`] : [`--${flag.name}`, marked(value)]
  const typed = [...progress.typed, value === undefined ? ([flag.name] as const) : ([flag.name, value] as const)]
  const seen = new Set([...progress.seen, flag.name])
  return isGlobal
    ? { ...progress, seen, typed, globals: [...progress.globals, ...words] }
    : { ...progress, seen, typed, flags: [...progress.flags, ...words] }
}

const finish = (progress: Progress): Either.Either<Progress, InvalidArgument> => {
  if (progress.request !== "run") return Either.right(progress)
  if (progress.spec.kind === "group") return Either.right({ ...progress, request: "help" })
  const missing = missingWords(progress, progress.spec)
  return missing.length === 0
    ? Either.right(progress)
    : Either.left(usageError(progress, `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing.`))
}

const missingWords = (progress: Progress, spec: LeafSpec): ReadonlyArray<string> => [
  ...spec.arguments.filter(({ required }, index) => required && progress.args.length <= index).map(({ name }) => name),
  ...spec.flags
    .filter(({ name, required }) => required === true && !progress.seen.has(name))
    .map(({ name }) => `--${name}`)
]

const unknown = (
  progress: Progress,
  what: string,
  word: string,
  candidates: ReadonlyArray<string>,
  instead?: string
): InvalidArgument => {
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

/** A complaint about the command line, with the usage of the command it was about. */
const usageError = (progress: Progress, message: string): InvalidArgument =>
  new InvalidArgument({
    message,
    hints: [command`mp ${progress.path} --help`],
    details: { usage: usageLine(progress.path, progress.spec) }
  })

/**
 * What answers a command line, decided by its exact shape before anything is loaded. Whatever is not known to the
 * letter goes to the main program, which says what is wrong with it.
 */
import { formats, globalFacts } from "../app/globalFlags.ts"
import type { FastCommand } from "./FastCommand.ts"

export type Route =
  | { readonly kind: "version" }
  | { readonly kind: "help"; readonly page: string }
  | { readonly kind: "fast"; readonly command: FastCommand }
  | { readonly kind: "main" }

/** The commands that group others, as paths with a space between their names. */
export type Groups = ReadonlyArray<string>

export const route = (argv: ReadonlyArray<string>, groups: Groups): Route => {
  if (argv.length === 1 && argv[0] === "--version") return { kind: "version" }
  const page = helpPage(argv, groups)
  if (page !== undefined) return { kind: "help", page }
  const command = fastCommand(argv)
  return command === undefined ? { kind: "main" } : { kind: "fast", command }
}

/** The words that name a command, and its flags without their values. */
export const commandOf = (argv: ReadonlyArray<string>, groups: Groups): string => {
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv
  const name = own.slice(0, groups.includes(own[0] ?? "") ? 2 : 1)
  const flags = own.filter((word) => word.startsWith("-")).map((word) => word.replace(/=.*/s, ""))
  return [...name, ...flags.sort()].filter((word) => /^-{0,2}[a-z]+(-[a-z]+)*$/.test(word)).join(" ")
}

const helpPage = (argv: ReadonlyArray<string>, groups: Groups): string | undefined => {
  const asked = argv.at(-1) === "--help" || argv.at(-1) === "-h"
  const words = asked ? argv.slice(0, -1) : argv
  if (!words.every((word) => /^[a-z]+(-[a-z]+)*$/.test(word))) return undefined
  const isHelp = words[0] === "help"
  const page = words.slice(isHelp ? 1 : 0).join(" ")
  return asked || isHelp || groups.includes(page) ? page : undefined
}

/** The flags with a value: the global ones, under both of their names, and those of `credential get`. */
const valueFlags: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values(globalFacts).flatMap((flag) =>
      "value" in flag ? [`--${flag.name}`, `-${flag.short}`].map((written) => [written, flag.name]) : []
    )
  ),
  "--protocol": "protocol",
  "--min-ttl": "min-ttl"
}

type Values = Map<string, string>

/** A value that could be anything else than a plain one is left to the main program. */
const isPlain = (value: string | undefined): value is string =>
  value !== undefined && value !== "" && !value.startsWith("-")

/** Splits a command line into words and flags with values; `undefined` where that is not plain. */
const parts = (argv: ReadonlyArray<string>): { words: ReadonlyArray<string>; values: Values } | undefined => {
  const words: Array<string> = []
  const values: Values = new Map()
  for (let at = 0; at < argv.length; at += 1) {
    const name = valueFlags[argv[at] ?? ""]
    const word = name === undefined ? argv[at] : argv[at + 1]
    if (!isPlain(word) || (name !== undefined && values.has(name))) return undefined
    if (name === undefined) words.push(word)
    else {
      values.set(name, word)
      at += 1
    }
  }
  return { words, values }
}

const named = (words: ReadonlyArray<string>): Pick<FastCommand, "name" | "argument"> | undefined => {
  const [first, second, third] = words
  if (first === "session" && words.length === 1) return { name: "session", argument: undefined }
  if (first === "credential" && second === "get" && words.length === 2) {
    return { name: "credential get", argument: undefined }
  }
  if (first !== "account") return undefined
  if (second === "list" && words.length === 2) return { name: "account list", argument: undefined }
  return second === "token" && words.length <= 3 ? { name: "account token", argument: third } : undefined
}

const fastCommand = (argv: ReadonlyArray<string>): FastCommand | undefined => {
  const found = parts(argv)
  const command = found && named(found.words)
  if (found === undefined || command === undefined) return undefined
  const protocol = found.values.get("protocol")
  const minTtl = found.values.get("min-ttl")
  const isCredential = command.name === "credential get"
  // One protocol, and only there; whether it is known is asked by the handler.
  if (isCredential ? protocol === undefined : protocol !== undefined || minTtl !== undefined) return undefined
  const given = found.values.get("format")
  const format = formats.find((name) => name === given)
  if (given !== undefined && format === undefined) return undefined
  return {
    ...command,
    protocol,
    minTtl,
    account: found.values.get("account"),
    project: found.values.get("project"),
    workspace: found.values.get("workspace"),
    target: found.values.get("target"),
    format
  }
}

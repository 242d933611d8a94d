/** What can be typed where, read off the command tree: the one table from which the scripts of all shells are made. */
import type { GroupSpec, LeafSpec, Spec } from "./declare.ts"
import type { FlagSpec } from "./flag.ts"

/** What a value can be: known words, or something that is looked up when Tab is pressed. */
export type Values =
  | { readonly kind: "words"; readonly words: ReadonlyArray<string> }
  | { readonly kind: "accounts" | "targets" | "files" | "variables" | "command" | "anything" }

/** A word with what it means. */
export interface Described {
  readonly word: string
  readonly description: string
}

/** A flag under all its names; `values` is null for a switch. */
export interface CompletionFlag {
  readonly names: ReadonlyArray<string>
  readonly description: string
  readonly values: Values | null
}

/** One place of the tree: the words that lead to it, and what can follow. */
export interface CompletionNode {
  /** Names from below the root on, with a space between them. */
  readonly path: string
  readonly commands: ReadonlyArray<Described>
  readonly flags: ReadonlyArray<CompletionFlag>
  readonly arguments: ReadonlyArray<Values>
}

/** Every place of the tree, the root first. */
export const completionNodes = (root: GroupSpec, globalFlags: ReadonlyArray<FlagSpec>): ReadonlyArray<CompletionNode> =>
  nodesBelow([], root, globalFlags)

const nodesBelow = (
  path: ReadonlyArray<string>,
  spec: Spec,
  globalFlags: ReadonlyArray<FlagSpec>
): ReadonlyArray<CompletionNode> =>
  spec.kind === "leaf"
    ? [leafNode(path, spec, globalFlags)]
    : [
        groupNode(path, spec, globalFlags),
        ...spec.children.flatMap((child) => nodesBelow([...path, child.name], child, globalFlags))
      ]

const groupNode = (
  path: ReadonlyArray<string>,
  { children }: GroupSpec,
  globalFlags: ReadonlyArray<FlagSpec>
): CompletionNode => ({
  path: path.join(" "),
  commands: children.map(({ name, summary }) => ({ word: name, description: summary })),
  flags: globalFlags.map((flag) => toFlag(path, flag)),
  arguments: []
})

const leafNode = (
  path: ReadonlyArray<string>,
  spec: LeafSpec,
  globalFlags: ReadonlyArray<FlagSpec>
): CompletionNode => {
  const shared = globalFlags.map((flag) => ({ ...flag, description: spec.globals[flag.name] ?? flag.description }))
  return {
    path: path.join(" "),
    commands: [],
    flags: [...spec.flags, ...shared].map((flag) => toFlag(path, flag)),
    arguments: spec.arguments.map(({ choices, name, rest }) =>
      rest === true ? { kind: "command" } : valuesOf(path, name, choices)
    )
  }
}

const toFlag = (
  path: ReadonlyArray<string>,
  { choices, description, name, short, value }: FlagSpec
): CompletionFlag => ({
  names: [`--${name}`, ...(short === undefined ? [] : [`-${short}`])],
  description,
  values: value === undefined ? null : flagValues(path, name, value, choices)
})

const flagValues = (
  path: ReadonlyArray<string>,
  name: string,
  placeholder: string,
  choices: ReadonlyArray<string> | undefined
): Values => {
  if (name === "account") return { kind: "accounts" }
  if (name === "target") return { kind: "targets" }
  return placeholder === "PATH" ? { kind: "files" } : valuesOf(path, placeholder, choices)
}

/** By the placeholder: an existing NAME is that of an account below `account`, of a target below `target`. */
const valuesOf = (
  path: ReadonlyArray<string>,
  placeholder: string,
  choices: ReadonlyArray<string> | undefined
): Values => {
  if (choices !== undefined) return { kind: "words", words: choices }
  if (placeholder === "FILE") return { kind: "files" }
  if (placeholder === "VAR") return { kind: "variables" }
  if (placeholder !== "NAME" || path[1] === "add") return { kind: "anything" }
  if (path[0] === "account") return { kind: "accounts" }
  return path[0] === "target" ? { kind: "targets" } : { kind: "anything" }
}

/** A kind of values as one word, for the scripts: known words stand behind a colon. */
export const valuesText = (values: Values): string =>
  values.kind === "words" ? `words:${values.words.join(" ")}` : values.kind

/** A word as all three shells quote it, given that it holds no single quote or backslash. */
export const literal = (text: string): string => `'${text.replace(/['\\]/g, "\u2019")}'`

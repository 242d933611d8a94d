/** How a command is called, in one line. */
import type { Spec } from "./CommandTree.ts"
import type { FlagSpec } from "./Flag.ts"

/** `mp account add NAME --type TYPE [flags]`. */
export const usageLine = (path: ReadonlyArray<string>, spec: Spec): string => {
  const words = ["mp", ...path]
  if (spec.kind === "group") return [...words, "COMMAND", "[flags]"].join(" ")
  const args = spec.arguments.map(({ name, required }) => (required ? name : `[${name}]`))
  const needed = spec.flags.filter(({ required }) => required === true).map(flagWithValue)
  return [...words, ...args, ...needed, "[flags]"].join(" ")
}

/** `--region REGION`, or `--force`. */
export const flagWithValue = ({ name, value }: FlagSpec): string =>
  value === undefined ? `--${name}` : `--${name} ${value}`

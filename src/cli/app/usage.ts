/** How a command is called, in one line. */
import type { Spec } from "./declare.ts"
import type { FlagSpec } from "./flag.ts"

/** `mp account add NAME --type TYPE [flags]`. */
export const usageLine = (path: ReadonlyArray<string>, spec: Spec): string => {
  const words = ["mp", ...path]
  if (spec.kind === "group") return [...words, "COMMAND", "[flags]"].join(" ")
  const args = spec.arguments.flatMap(({ name, required, rest }) =>
    rest === true ? [] : [required ? name : `[${name}]`]
  )
  const rest = spec.arguments.flatMap(({ name, rest }) => (rest === true ? [`-- ${name}…`] : []))
  const needed = spec.flags.filter(({ required }) => required === true).map(flagWithValue)
  return [...words, ...args, ...needed, "[flags]", ...rest].join(" ")
}

/** `--region REGION`, or `--force`. */
export const flagWithValue = ({ name, value }: FlagSpec): string =>
  value === undefined ? `--${name}` : `--${name} ${value}`

/** How a command is called, in one line. */
import { argumentsOf, type Facts, type FlagFacts, flagsOf } from "./facts.ts"

/** `mp account add NAME --type TYPE [flags]`. */
export const usageLine = (path: ReadonlyArray<string>, facts: Facts): string => {
  const words = ["mp", ...path]
  if (facts.kind === "group") return [...words, "COMMAND", "[flags]"].join(" ")
  const args = argumentsOf(facts).flatMap(({ name, required, rest }) =>
    rest === true ? [] : [required ? name : `[${name}]`]
  )
  const rest = argumentsOf(facts).flatMap(({ name, rest }) => (rest === true ? [`-- ${name}…`] : []))
  const needed = flagsOf(facts)
    .filter(({ required }) => required === true)
    .map(flagWithValue)
  return [...words, ...args, ...needed, "[flags]", ...rest].join(" ")
}

/** `--region REGION`, or `--force`. */
export const flagWithValue = ({ name, value }: FlagFacts): string =>
  value === undefined ? `--${name}` : `--${name} ${value}`

/** Flags, each written once. */
import type { FlagFacts } from "./facts.ts"

type About = Pick<FlagFacts, "description" | "short">

/** A flag with a value. */
export const text = (name: string, value: string, about: About) => ({ kind: "flag" as const, name, value, ...about })

/** A flag with a value that must be given. */
export const requiredText = (name: string, value: string, about: About) => ({
  ...text(name, value, about),
  required: true as const
})

/** A flag with a value that may be given several times. */
export const texts = (name: string, value: string, about: About) => ({
  ...text(name, value, about),
  repeated: true as const
})

/** A flag whose value is one of some words. */
export const choice = <const Choice extends string>(
  name: string,
  value: string,
  choices: ReadonlyArray<Choice>,
  about: About
) => ({ ...text(name, value, about), choices })

/** A flag whose value is one of some words, and must be given. */
export const requiredChoice = <const Choice extends string>(
  name: string,
  value: string,
  choices: ReadonlyArray<Choice>,
  about: About
) => ({ ...choice(name, value, choices, about), required: true as const })

/** A switch. */
export const toggle = (name: string, about: About) => ({ kind: "flag" as const, name, ...about })

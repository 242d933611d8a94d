/** Arguments, each written once. */

/** An argument that must be given. */
export const text = (name: string, description: string) => ({
  kind: "argument" as const,
  name,
  description,
  required: true as const
})

/** An argument that may be left out. */
export const optional = (name: string, description: string) => ({
  kind: "argument" as const,
  name,
  description,
  required: false as const
})

/** An argument that is one of some words. */
export const choice = <const Choice extends string>(
  name: string,
  description: string,
  choices: ReadonlyArray<Choice>
) => ({ ...text(name, description), choices })

/** All words behind `--`, at least one; it can only be the last argument. */
export const rest = (name: string, description: string) => ({ ...text(name, description), rest: true as const })

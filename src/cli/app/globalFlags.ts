import { type Config, flag, type FlagFacts } from "./facts.ts"

export const formats = ["table", "json", "jsonl", "csv", "plain"] as const

export type Format = (typeof formats)[number]

/** Whether stderr is read by a program, too: then it is one JSON object a line. */
export const isJson = (format: string | undefined): boolean => format === "json" || format === "jsonl"

/** In the order in which the help lists them. */
export const globalFacts = {
  account: flag("account", { value: "NAME", short: "a", description: "account for this command [MP_ACCOUNT]" }),
  project: flag("project", {
    value: "ID",
    short: "p",
    description: "project for this command (MP_PROJECT_ID comes first)"
  }),
  workspace: flag("workspace", {
    value: "ID",
    short: "w",
    description: "workspace for this command (MP_WORKSPACE_ID comes first)"
  }),
  target: flag("target", {
    value: "NAME",
    short: "t",
    description: "saved target for this command, instead of the three above [MP_TARGET]"
  }),
  format: flag("format", { value: "FORMAT", choices: formats, short: "f", description: "output format" }),
  quiet: flag("quiet", { short: "q", description: "print no notes on stderr" }),
  verbose: flag("verbose", { short: "v", description: "say on stderr what mp does" }),
  noInput: flag("no-input", { description: "never prompt" })
} satisfies Config

/** With those that are answered before any command is run. */
export const globalFlags: ReadonlyArray<FlagFacts> = [
  ...Object.values(globalFacts),
  flag("help", { short: "h", description: "show this help" }),
  flag("version", { description: "show the version" })
]

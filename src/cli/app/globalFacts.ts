/** The flags that every command understands: the one place where they are written. */
import type { Config, FlagFacts } from "./facts.ts"
import * as flag from "./flag.ts"
import { formats } from "./formats.ts"

/** In the order in which the help lists them. */
export const globalFacts = {
  account: flag.text("account", "NAME", { short: "a", description: "account for this command [MP_ACCOUNT]" }),
  project: flag.text("project", "ID", {
    short: "p",
    description: "project for this command (MP_PROJECT_ID comes first)"
  }),
  workspace: flag.text("workspace", "ID", {
    short: "w",
    description: "workspace for this command (MP_WORKSPACE_ID comes first)"
  }),
  target: flag.text("target", "NAME", {
    short: "t",
    description: "saved target for this command, instead of the three above [MP_TARGET]"
  }),
  format: flag.choice("format", "FORMAT", formats, { short: "f", description: "output format" }),
  quiet: flag.toggle("quiet", { short: "q", description: "no notices on stderr" }),
  verbose: flag.toggle("verbose", { short: "v", description: "tell on stderr what is done" }),
  noInput: flag.toggle("no-input", { description: "never prompt" })
} satisfies Config

/** With those that are answered before any command is run. */
export const globalFlags: ReadonlyArray<FlagFacts> = [
  ...Object.values(globalFacts),
  flag.toggle("help", { short: "h", description: "show this help" }),
  flag.toggle("version", { description: "show the version" })
]

/** The flags that every command understands. */
import * as Options from "@effect/cli/Options"
import * as Flag from "./flag.ts"
import { formats } from "./formats.ts"

const flags = {
  account: Flag.optional("account", "NAME", { short: "a", description: "account for this command [MP_ACCOUNT]" }),
  project: Flag.optional("project", "ID", {
    short: "p",
    description: "project for this command (MP_PROJECT_ID comes first)"
  }),
  workspace: Flag.optional("workspace", "ID", {
    short: "w",
    description: "workspace for this command (MP_WORKSPACE_ID comes first)"
  }),
  target: Flag.optional("target", "NAME", {
    short: "t",
    description: "saved target for this command, instead of the three above [MP_TARGET]"
  }),
  format: Flag.optional("format", "FORMAT", { short: "f", description: "output format", choices: formats }),
  quiet: Flag.toggle("quiet", { short: "q", description: "no notices on stderr" }),
  verbose: Flag.toggle("verbose", { short: "v", description: "tell on stderr what is done" }),
  noInput: Flag.toggle("no-input", { description: "never prompt" })
}

const help = Flag.toggle("help", { short: "h", description: "show this help" })
const version = Flag.toggle("version", { description: "show the version" })

/** The declarations, in the order in which the help lists them. */
export const globalFlags: ReadonlyArray<Flag.FlagSpec> = [...Object.values(flags), help, version].map(
  ({ spec }) => spec
)

/** The parser of the global flags. */
export const globalOptions = Options.all({
  account: flags.account.options,
  project: flags.project.options,
  workspace: flags.workspace.options,
  target: flags.target.options,
  format: flags.format.options,
  quiet: flags.quiet.options,
  verbose: flags.verbose.options,
  noInput: flags.noInput.options
})

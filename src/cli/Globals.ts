/** The flags that every command understands, and what they mean together with their variables. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Options from "@effect/cli/Options"
import { InvalidArgument } from "../domain/errors.ts"
import { parse, parseWorkspaceId, ProjectId, type WorkspaceId } from "../domain/identifiers.ts"
import type { SessionRequest } from "../domain/SessionRequest.ts"
import { variable } from "../services/environment.ts"
import * as Flag from "./Flag.ts"

/** How data is written to stdout. */
export const formats = ["table", "json", "jsonl", "csv", "plain"] as const
export type Format = (typeof formats)[number]

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

/** What was given on the command line, checked. */
export interface GlobalValues {
  readonly account: Option.Option<string>
  readonly project: Option.Option<ProjectId>
  readonly workspace: Option.Option<WorkspaceId>
  readonly target: Option.Option<string>
  readonly format: Option.Option<Format>
  readonly quiet: boolean
  readonly verbose: boolean
  readonly noInput: boolean
}

export class Globals extends Context.Tag("mp/Globals")<Globals, GlobalValues>() {}

type Parsed = typeof globalOptions extends Options.Options<infer A> ? A : never

/** Checks the values of the global flags, whatever the command makes of them. */
export const checkGlobals = (parsed: Parsed): Either.Either<GlobalValues, InvalidArgument> =>
  Either.gen(function* () {
    const others = [
      ...Option.toArray(Option.as(parsed.account, "--account")),
      ...Option.toArray(Option.as(parsed.project, "--project")),
      ...Option.toArray(Option.as(parsed.workspace, "--workspace"))
    ]
    if (Option.isSome(parsed.target) && others.length > 0) return yield* Either.left(exclusive(others))
    return {
      ...parsed,
      account: yield* checked(parsed.account, "--account", nonEmpty),
      target: yield* checked(parsed.target, "--target", nonEmpty),
      project: yield* checked(parsed.project, "--project", parse(ProjectId)),
      workspace: yield* checked(parsed.workspace, "--workspace", parseWorkspaceId),
      format: Option.flatMap(parsed.format, toFormat)
    }
  })

const nonEmpty = (text: string): Either.Either<string, string> =>
  text === "" ? Either.left("must not be empty") : Either.right(text)

/** The format that was asked for, for errors about command lines that make no sense otherwise. */
export const toFormat = (text: string): Option.Option<Format> =>
  Option.fromNullable(formats.find((format) => format === text))

const exclusive = (others: ReadonlyArray<string>) =>
  new InvalidArgument({
    message: `--target already says account, project and workspace; it cannot be combined with ${others.join(", ")}.`,
    hints: ["leave out --target", `leave out ${others.join(" and ")}`],
    details: { conflicting: ["--target", ...others] }
  })

const checked = <A>(
  value: Option.Option<string>,
  flag: string,
  parseValue: (text: string) => Either.Either<A, string>
): Either.Either<Option.Option<A>, InvalidArgument> =>
  Option.match(value, {
    onNone: () => Either.right(Option.none()),
    onSome: (text) =>
      Either.mapBoth(parseValue(text), {
        onLeft: (message) => new InvalidArgument({ message: `${flag} ${message}.`, hints: [`${flag} 3713224`] }),
        onRight: Option.some
      })
  })

/**
 * What the command line asks of the resolver. `MP_ACCOUNT` and `MP_TARGET` stand in for flags that are not
 * given: any explicit flag of the four switches `MP_TARGET` off, and an explicit target `MP_ACCOUNT` too.
 */
export const sessionRequest: Effect.Effect<SessionRequest, InvalidArgument, Globals> = Effect.gen(function* () {
  const given = yield* Globals
  const accountVariable = yield* variable("MP_ACCOUNT")
  const targetVariable = yield* variable("MP_TARGET")
  const { account: a, project: p, workspace: w, target: t } = given
  const explicit = [a, p, w, t].some((flag) => flag._tag === "Some")
  if (!explicit && Option.isSome(accountVariable) && Option.isSome(targetVariable)) return yield* bothVariables
  const target = explicit ? given.target : targetVariable
  const account = Option.isSome(target) ? Option.none<string>() : Option.orElse(given.account, () => accountVariable)
  return {
    account: Option.getOrUndefined(account),
    project: Option.getOrUndefined(given.project),
    workspace: Option.getOrUndefined(given.workspace),
    target: Option.getOrUndefined(target),
    origins: {
      account: Option.isSome(given.account) ? "--account" : "MP_ACCOUNT",
      project: "--project",
      workspace: "--workspace",
      target: Option.isSome(given.target) ? "--target" : "MP_TARGET"
    }
  }
})

const bothVariables = new InvalidArgument({
  message: "MP_ACCOUNT and MP_TARGET are both set, and only one of them can choose the account.",
  hints: ["unset MP_ACCOUNT", "unset MP_TARGET", "add --account NAME or --target NAME"],
  details: { conflicting: ["MP_ACCOUNT", "MP_TARGET"] }
})

/** What the flags that every command understands mean, together with their variables. */
import { command } from "../../domain/hints/Command.ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../domain/errors.ts"
import { parse, parseWorkspaceId, ProjectId, type WorkspaceId } from "../../domain/account/identifiers.ts"
import type { SessionRequest } from "../../domain/session/SessionRequest.ts"
import { variable } from "../../services/platform/environment.ts"
import type { Given } from "./facts.ts"
import { checked } from "./invalid.ts"
import { globalFacts } from "./globalFlags.ts"

/**
 * The values of the global flags as they were written.
 * @since 0.1.0
 * @category models
 */
export type GivenGlobals = Given<typeof globalFacts>

/**
 * What was given on the command line, checked.
 * @since 0.1.0
 * @category models
 */
export interface GlobalValues extends Omit<GivenGlobals, "project" | "workspace"> {
  readonly project: Option.Option<ProjectId>
  readonly workspace: Option.Option<WorkspaceId>
}

/**
 * The global flags of this command line.
 *
 * @example
 * ```ts
 * const quiet = Effect.provideService(program, Globals, noGlobals)
 * ```
 * @since 0.1.0
 * @category services
 */
export class Globals extends Context.Tag("mp/Globals")<Globals, GlobalValues>() {}

/**
 * A command line without any of them.
 * @since 0.1.0
 * @category commands
 */
export const noGlobals: GlobalValues = {
  account: Option.none(),
  project: Option.none(),
  workspace: Option.none(),
  target: Option.none(),
  format: Option.none(),
  quiet: false,
  verbose: false,
  noInput: false
}

/**
 * Checks the values of the global flags, whatever the command makes of them.
 * @since 0.1.0
 * @category commands
 */
export const checkGlobals = (parsed: GivenGlobals): Either.Either<GlobalValues, InvalidArgument> =>
  Either.gen(function* () {
    const others = (["account", "project", "workspace"] as const).filter((name) => Option.isSome(parsed[name]))
    if (Option.isSome(parsed.target) && others.length > 0) {
      return yield* Either.left(exclusive(others.map((name) => `--${name}`)))
    }
    const value = <A>(
      name: "account" | "target" | "project" | "workspace",
      parseValue: (text: string) => Either.Either<A, string>
    ) =>
      Either.transposeMapOption(parsed[name], (text) =>
        checked(`--${name}`, parseValue(text), { flags: [[name, globalFacts[name].value]] })
      )
    return {
      ...parsed,
      account: yield* value("account", nonEmpty),
      target: yield* value("target", nonEmpty),
      project: yield* value("project", parse(ProjectId)),
      workspace: yield* value("workspace", parseWorkspaceId)
    }
  })

const nonEmpty = (text: string): Either.Either<string, string> =>
  text === "" ? Either.left("must not be empty") : Either.right(text)

const exclusive = (others: ReadonlyArray<string>) =>
  new InvalidArgument({
    message: `--target already says account, project and workspace; it cannot be combined with ${others.join(", ")}.`,
    hints: [],
    again: [{ without: ["target"] }, { without: others.map((flag) => flag.slice(2)) }],
    details: { conflicting: ["--target", ...others] }
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
  hints: [command`unset MP_TARGET`, command`unset MP_ACCOUNT`],
  details: { conflicting: ["MP_ACCOUNT", "MP_TARGET"] }
})

/**
 * What can go wrong before a request is sent. Every error is a value with a stable `code` (the same in
 * JSON output and in the library), a `message` that names its source, and `hints`: commands that mend it.
 */
import * as Data from "effect/Data"
import type { FileError } from "./FileError.ts"
import { argument, type Command, command } from "./hints/Command.ts"
import { insteadOf, insteadOfUnknown, listed } from "./hints/otherNames.ts"
import { type Details, errorClass, type ErrorInfo, fixOf, type Description } from "./internal/errorClass.ts"
import { type ErrorSchema, errorSchema } from "./internal/errorSchema.ts"
import { lazy } from "./internal/lazy.ts"
import type { StorageError, Superseded } from "./storage/StorageError.ts"

export { type Details, type ErrorInfo, fixOf } from "./internal/errorClass.ts"
export * from "./FileError.ts"
export * from "./LockError.ts"

interface Known extends Omit<Description, "details"> {
  readonly hints: ReadonlyArray<Command>
  readonly details?: Readonly<Record<string, unknown>>
}

const withFix = ({ details, ...known }: Known) => ({ ...known, details: { ...details, fix: fixOf(known.hints) } })

/**
 * The configuration, the environment or a bridge file says something that cannot be used.
 * @since 0.1.0
 * @category errors
 */
export class ConfigError
  extends Data.TaggedError("ConfigError")<Known & { readonly details: Details }>
  implements ErrorInfo
{
  constructor(known: Known) {
    super(withFix(known))
  }
  static get schema(): ErrorSchema<"ConfigError", "CONFIG_ERROR"> {
    return configErrorSchema()
  }
  readonly code = "CONFIG_ERROR"
  /** The same problem, as `CredentialFiles` tells it. */
  static fromFile({ details, hints, message }: FileError): ConfigError {
    return new ConfigError({ message, hints, details })
  }
}

const configErrorSchema = lazy(() => errorSchema(ConfigError, "ConfigError", "CONFIG_ERROR"))

/**
 * An argument, flag or override is not acceptable.
 * @since 0.1.0
 * @category errors
 */
export class InvalidArgument
  extends Data.TaggedError("InvalidArgument")<Known & { readonly details: Details }>
  implements ErrorInfo
{
  constructor(known: Known) {
    super(withFix(known))
  }
  static get schema(): ErrorSchema<"InvalidArgument", "INVALID_ARGUMENT"> {
    return invalidArgumentSchema()
  }
  readonly code = "INVALID_ARGUMENT"
}

const invalidArgumentSchema = lazy(() => errorSchema(InvalidArgument, "InvalidArgument", "INVALID_ARGUMENT"))

interface UnknownAccount {
  readonly account: string
  /** What asked for it: `--account`, `MP_ACCOUNT`, `[active].account in FILE`, … */
  readonly origin: string
  readonly available: ReadonlyArray<string>
  readonly fix?: Command | undefined
}

/** Where a name comes from; that of an argument stands in the command line that was typed. */
const from = (origin: string): string => (origin === "NAME" ? "" : ` (from ${origin})`)

/**
 * No account of that name is configured.
 * @since 0.1.0
 * @category errors
 */
export class AccountNotFound extends errorClass(
  "AccountNotFound",
  "ACCOUNT_NOT_FOUND",
  ({ account, available, fix, origin }: UnknownAccount) => ({
    message: `Account '${account}'${from(origin)} was not found. ${
      available.length === 0 ? "No account is configured." : `Configured: ${listed(available)}.`
    }`,
    hints: fix === undefined ? insteadOfUnknown(origin, available, command`mp login`) : [fix],
    again: insteadOf(account, fix === undefined ? origin : "", available),
    details: { account, origin, available }
  })
) {}

interface TakenName {
  readonly account: string
  readonly other: string | null
  readonly hint: Command | null
}

/**
 * An account of that name is configured already, or of one that some disks take for the same.
 * @since 0.1.0
 * @category errors
 */
export class AccountExists extends errorClass(
  "AccountExists",
  "ACCOUNT_EXISTS",
  ({ account, hint, other }: TakenName) => ({
    message:
      other === null
        ? `Account '${account}' already exists.`
        : `Account '${account}' cannot be added: on a file system that ignores case it would share its files with account '${other}'.`,
    hints: [hint ?? command`mp account use ${argument(account)}`],
    again: hint === null ? [{ argument: [account, `${account}-2`] }] : [],
    details: { account, other }
  })
) {}

interface UsedAccount {
  readonly account: string
  readonly referencedBy: ReadonlyArray<string>
  readonly directories?: ReadonlyArray<string>
}

/**
 * The account is referenced by targets and was not removed.
 * @since 0.1.0
 * @category errors
 */
export class AccountInUse extends errorClass(
  "AccountInUse",
  "ACCOUNT_IN_USE",
  ({ account, directories = [], referencedBy }: UsedAccount) => ({
    message: `Account '${account}' is used by ${[
      ...(referencedBy.length === 0
        ? []
        : [`${referencedBy.length === 1 ? "target" : "targets"} ${listed(referencedBy)}`]),
      ...(directories.length === 0 ? [] : [`the rule for ${listed(directories)}`])
    ].join(" and ")}.`,
    hints: [
      ...referencedBy.map((target) => command`mp target remove ${argument(target)}`),
      command`mp account remove --force ${argument(account)}`
    ],
    details: { account, referenced_by: referencedBy, directories }
  })
) {}

interface UnknownTarget {
  readonly target: string
  readonly origin: string
  readonly available: ReadonlyArray<string>
  readonly fix?: Command | undefined
}

/**
 * No target of that name is saved.
 * @since 0.1.0
 * @category errors
 */
export class TargetNotFound extends errorClass(
  "TargetNotFound",
  "TARGET_NOT_FOUND",
  ({ available, fix, origin, target }: UnknownTarget) => ({
    message: `Target '${target}'${from(origin)} was not found. ${
      available.length === 0 ? "No target is saved." : `Saved: ${listed(available)}.`
    }`,
    hints:
      fix === undefined
        ? insteadOfUnknown(origin, available, command`mp target add ${argument(target)} --account NAME --project ID`)
        : [fix],
    again: insteadOf(target, origin, available),
    details: { target, origin, available }
  })
) {}

/**
 * A target of that name is saved already.
 * @since 0.1.0
 * @category errors
 */
export class TargetExists extends errorClass(
  "TargetExists",
  "TARGET_EXISTS",
  ({ target }: { readonly target: string }) => ({
    message: `Target '${target}' already exists.`,
    hints: [command`mp target use ${argument(target)}`],
    again: [{ argument: [target, `${target}-2`] }],
    details: { target }
  })
) {}

/**
 * No source names an account.
 * @since 0.1.0
 * @category errors
 */
export class NoAccount extends errorClass(
  "NoAccount",
  "NO_ACCOUNT",
  ({ notes }: { readonly notes: ReadonlyArray<string> }) => ({
    message: ["No account is configured or selected.", ...notes].join(" "),
    hints: [
      command`mp login`,
      command`mp account use NAME`,
      command`mp target use NAME`,
      command`mp account add team --type service_account --username USER --region us`,
      command`MP_USERNAME=USER MP_SECRET=SECRET MP_PROJECT_ID=ID MP_REGION=us mp session`,
      command`MP_OAUTH_TOKEN=TOKEN MP_PROJECT_ID=ID MP_REGION=us mp session`
    ],
    details: { notes }
  })
) {}

interface WithoutProject {
  readonly account: string | null
  readonly notes: ReadonlyArray<string>
}

/**
 * An account is known, but no source names a project.
 * @since 0.1.0
 * @category errors
 */
export class NoProject extends errorClass("NoProject", "NO_PROJECT", ({ account, notes }: WithoutProject) => ({
  message: [
    account === null
      ? "No project is selected."
      : `Account '${account}' has no default project, and nothing else names one.`,
    ...notes
  ].join(" "),
  hints: [
    account === null ? command`mp project use ID` : command`mp account update ${argument(account)} --project ID`,
    command`MP_PROJECT_ID=ID mp session`
  ],
  again: [{ flags: [["project", "ID"]] }, { without: ["account"], flags: [["target", "NAME"]] }],
  details: { account, notes }
})) {}

interface UnseenProject {
  readonly project: string
  readonly origin: string
  readonly available: ReadonlyArray<string>
}

/**
 * A project that was asked for is not among those that the credential can see.
 * @since 0.1.0
 * @category errors
 */
export class ProjectNotFound extends errorClass(
  "ProjectNotFound",
  "PROJECT_NOT_FOUND",
  ({ available, origin, project }: UnseenProject) => ({
    message: `The credential cannot see project ${project} (from ${origin}). ${
      available.length === 0 ? "It can see no project." : `It can see: ${listed(available)}.`
    }`,
    hints: origin.startsWith("--") ? [] : [command`unset ${origin}`],
    again: origin.startsWith("--")
      ? [...available.slice(0, 1).map((id) => ({ flags: [["project", id]] as const })), { without: ["project"] }]
      : [],
    details: { project, origin, available }
  })
) {}

interface EmptyProject {
  readonly account: string
  readonly project: string
}

/**
 * A project has no workspace that the credential can see.
 * @since 0.1.0
 * @category errors
 */
export class NoWorkspaces extends errorClass("NoWorkspaces", "NO_WORKSPACES", ({ account, project }: EmptyProject) => ({
  message: `Account '${account}' can see no workspace in project ${project}.`,
  hints: [command`mp workspace list --refresh`],
  again: [{ flags: [["workspace", "ID"]] }, { flags: [["project", "ID"]] }],
  details: { account, project }
})) {}

/**
 * Everything that resolving a session can answer instead of a session.
 * @since 0.1.0
 * @category errors
 */
export type ResolutionError =
  | ConfigError
  | InvalidArgument
  | AccountNotFound
  | TargetNotFound
  | NoAccount
  | NoProject
  | StorageError

/**
 * Everything that an edit of the configuration can answer instead of the edited one.
 * @since 0.1.0
 * @category errors
 */
export type EditError =
  | ConfigError
  | InvalidArgument
  | AccountNotFound
  | AccountExists
  | AccountInUse
  | TargetNotFound
  | TargetExists
  | NoAccount
  | StorageError
  | Superseded

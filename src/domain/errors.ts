/**
 * What can go wrong before a request is sent. Every error is a value with a stable `code` (the same in
 * JSON output and in the library), a `message` that names its source, and `hints`: commands that mend it.
 */
import * as Data from "effect/Data"
import { argument, type Command, command, quoted } from "./Command.ts"

/** What every error of this library tells about itself. */
export interface Explained {
  readonly code: string
  readonly message: string
  /** Commands (or, where no command can help, instructions) that fix the problem, best first. */
  readonly hints: ReadonlyArray<string>
  /** Facts for programs: paths, names, numbers. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Why a file was not used: what it is (`symlink`, `mode`, …) or what the system said. */
export type FileProblem =
  | "symlink"
  | "not_a_file"
  | "foreign_owner"
  | "wide_mode"
  | "too_large"
  | "not_utf8"
  | "permission"
  | "read_only"
  | "no_space"
  | "no_home"
  | "no_working_directory"
  | "io"

/** A file could not be read, written or removed safely. Nothing was changed. */
export class FileError
  extends Data.TaggedError("FileError")<{
    readonly path: string
    readonly problem: FileProblem
    /** What happened, as a phrase that follows the path. */
    readonly reason: string
    readonly fix: string
  }>
  implements Explained
{
  readonly code = "CONFIG_ERROR"
  override get message(): string {
    return `${this.path} ${this.reason}`
  }
  get hints(): ReadonlyArray<string> {
    return [this.fix]
  }
  get details() {
    return { path: this.path, problem: this.problem }
  }
}

/** The configuration, the environment or a bridge file says something that cannot be used. */
export class ConfigError
  extends Data.TaggedError("ConfigError")<{
    readonly message: string
    readonly hints: ReadonlyArray<string>
    readonly details?: Readonly<Record<string, unknown>>
  }>
  implements Explained
{
  readonly code = "CONFIG_ERROR"
  /** The same problem, told by the door to the disk. */
  static fromFile(error: FileError): ConfigError {
    return new ConfigError({ message: error.message, hints: error.hints, details: error.details })
  }
}

/** An argument, flag or override is not acceptable. */
export class InvalidArgument
  extends Data.TaggedError("InvalidArgument")<{
    readonly message: string
    readonly hints: ReadonlyArray<string>
    readonly details?: Readonly<Record<string, unknown>>
  }>
  implements Explained
{
  readonly code = "INVALID_ARGUMENT"
}

/** Another process held a lock for longer than we wait (45 s). Trying again helps. */
export class LockTimeout
  extends Data.TaggedError("LockTimeout")<{ readonly path: string; readonly waitedMillis: number }>
  implements Explained
{
  readonly code = "LOCK_TIMEOUT"
  override get message(): string {
    return `Another process has held the lock ${this.path} for more than ${Math.round(this.waitedMillis / 1000)} s.`
  }
  get hints(): ReadonlyArray<string> {
    return ["run the same command again", `fuser ${this.path}`]
  }
  get details() {
    return { path: this.path, waited_ms: this.waitedMillis }
  }
}

/** No account of that name is configured. */
export class AccountNotFound
  extends Data.TaggedError("AccountNotFound")<{
    readonly account: string
    /** What asked for it: `--account`, `MP_ACCOUNT`, `[active].account in FILE`, … */
    readonly origin: string
    readonly available: ReadonlyArray<string>
  }>
  implements Explained
{
  readonly code = "ACCOUNT_NOT_FOUND"
  override get message(): string {
    const known = this.available.length === 0 ? "No account is configured." : `Configured: ${listed(this.available)}.`
    return `Account '${this.account}' (from ${this.origin}) was not found. ${known}`
  }
  get hints(): ReadonlyArray<string> {
    return ["mp account list", `mp account add ${quoted(this.account)} --type TYPE --region REGION`]
  }
  get details() {
    return { account: this.account, origin: this.origin, available: this.available }
  }
}

/** An account of that name is configured already, or of one that some disks take for the same. */
export class AccountExists
  extends Data.TaggedError("AccountExists")<{
    readonly account: string
    /** The account that is there, where it is written differently. */
    readonly other: string | null
    /** What adds the account under another name. */
    readonly hint: Command | null
  }>
  implements Explained
{
  readonly code = "ACCOUNT_EXISTS"
  override get message(): string {
    return this.other === null
      ? `Account '${this.account}' exists already.`
      : `Account '${this.account}' would share its files with account '${this.other}' on a disk that does not tell upper from lower case.`
  }
  get hints(): ReadonlyArray<string> {
    if (this.hint !== null) return [this.hint]
    const name = argument(this.account)
    return [command`mp account update ${name}`, command`mp account remove ${name}`]
  }
  get details() {
    return { account: this.account, other: this.other }
  }
}

/** The account is referenced by targets and was not removed. */
export class AccountInUse
  extends Data.TaggedError("AccountInUse")<{
    readonly account: string
    readonly referencedBy: ReadonlyArray<string>
  }>
  implements Explained
{
  readonly code = "ACCOUNT_IN_USE"
  override get message(): string {
    return `Account '${this.account}' is used by ${this.referencedBy.length === 1 ? "target" : "targets"} ${listed(this.referencedBy)}.`
  }
  get hints(): ReadonlyArray<string> {
    return [
      ...this.referencedBy.map((target) => `mp target remove ${quoted(target)}`),
      `mp account remove ${quoted(this.account)} --force`
    ]
  }
  get details() {
    return { account: this.account, referenced_by: this.referencedBy }
  }
}

/** No target of that name is saved. */
export class TargetNotFound
  extends Data.TaggedError("TargetNotFound")<{
    readonly target: string
    readonly origin: string
    readonly available: ReadonlyArray<string>
  }>
  implements Explained
{
  readonly code = "TARGET_NOT_FOUND"
  override get message(): string {
    const known = this.available.length === 0 ? "No target is saved." : `Saved: ${listed(this.available)}.`
    return `Target '${this.target}' (from ${this.origin}) was not found. ${known}`
  }
  get hints(): ReadonlyArray<string> {
    return ["mp target list", `mp target add ${quoted(this.target)} --account NAME --project ID`]
  }
  get details() {
    return { target: this.target, origin: this.origin, available: this.available }
  }
}

/** A target of that name is saved already. */
export class TargetExists extends Data.TaggedError("TargetExists")<{ readonly target: string }> implements Explained {
  readonly code = "TARGET_EXISTS"
  override get message(): string {
    return `Target '${this.target}' exists already.`
  }
  get hints(): ReadonlyArray<string> {
    return [`mp target show ${quoted(this.target)}`, `mp target remove ${quoted(this.target)}`]
  }
  get details() {
    return { target: this.target }
  }
}

/** No source names an account. */
export class NoAccount
  extends Data.TaggedError("NoAccount")<{ readonly notes: ReadonlyArray<string> }>
  implements Explained
{
  readonly code = "NO_ACCOUNT"
  override get message(): string {
    return ["No account is configured or selected.", ...this.notes].join(" ")
  }
  get hints(): ReadonlyArray<string> {
    return [
      "export MP_USERNAME=… MP_SECRET=… MP_PROJECT_ID=… MP_REGION=…",
      "export MP_OAUTH_TOKEN=… MP_PROJECT_ID=… MP_REGION=…",
      "mp account add NAME --type service_account --username USER --project ID --region us && mp account use NAME",
      "mp account login NAME",
      "add --account NAME",
      "add --target NAME"
    ]
  }
  get details() {
    return { notes: this.notes }
  }
}

/** An account is known, but no source names a project. */
export class NoProject
  extends Data.TaggedError("NoProject")<{ readonly account: string | null; readonly notes: ReadonlyArray<string> }>
  implements Explained
{
  readonly code = "NO_PROJECT"
  override get message(): string {
    const about =
      this.account === null
        ? "No project is selected."
        : `Account '${this.account}' has no default project and no other source names one.`
    return [about, ...this.notes].join(" ")
  }
  get hints(): ReadonlyArray<string> {
    return [
      "export MP_PROJECT_ID=ID",
      `mp account update ${this.account ?? "NAME"} --project ID`,
      "add --project ID",
      "add --target NAME"
    ]
  }
  get details() {
    return { account: this.account, notes: this.notes }
  }
}

/** A project that was asked for is not among those that the credential can see. */
export class ProjectNotFound
  extends Data.TaggedError("ProjectNotFound")<{
    readonly project: string
    readonly origin: string
    readonly available: ReadonlyArray<string>
  }>
  implements Explained
{
  readonly code = "PROJECT_NOT_FOUND"
  override get message(): string {
    const seen = this.available.length === 0 ? "It sees none." : `It sees: ${listed(this.available)}.`
    return `The credential cannot see project ${this.project} (from ${this.origin}). ${seen}`
  }
  get hints(): ReadonlyArray<string> {
    const id = this.available[0] ?? "ID"
    return this.origin.startsWith("--")
      ? [`mp login --project ${id}`, `leave out ${this.origin}`]
      : [`unset ${this.origin}`, `export ${this.origin}=${id}`]
  }
  get details() {
    return { project: this.project, origin: this.origin, available: this.available }
  }
}

/** A project has no workspace that the credential can see. */
export class NoWorkspaces
  extends Data.TaggedError("NoWorkspaces")<{ readonly account: string; readonly project: string }>
  implements Explained
{
  readonly code = "NO_WORKSPACES"
  override get message(): string {
    return `Account '${this.account}' sees no workspace in project ${this.project}.`
  }
  get hints(): ReadonlyArray<string> {
    return ["mp workspace list --refresh", "add --workspace ID", "add --project ID"]
  }
  get details() {
    return { account: this.account, project: this.project }
  }
}

/** Everything that resolving a session can answer instead of a session. */
export type ResolutionError = ConfigError | InvalidArgument | AccountNotFound | TargetNotFound | NoAccount | NoProject

/** Everything that an edit of the configuration can answer instead of the edited one. */
export type EditError =
  | ConfigError
  | InvalidArgument
  | AccountNotFound
  | AccountExists
  | AccountInUse
  | TargetNotFound
  | TargetExists
  | NoAccount

const shownNames = 8

const listed = (names: ReadonlyArray<string>): string =>
  names.length <= shownNames
    ? names.join(", ")
    : `${names.slice(0, shownNames).join(", ")} and ${names.length - shownNames} more`

/**
 * What can go wrong before a request is sent. Every error is a value with a stable `code` (the same in
 * JSON output and in the library), a `message` that names its source, and `hints`: commands that mend it.
 */
import * as Data from "effect/Data"
import { meaningOf } from "./internal/errno.ts"
import { type Again, argument, type Command, command } from "./hints/Command.ts"

/** Facts for programs: paths, names, numbers. Never a secret. */
export interface Details {
  /** The one command that mends it; `null` where there is none, or where only who typed the command line can write it. */
  readonly fix: Command | null
  readonly [fact: string]: unknown
}

/** The best of the hints. */
export const fixOf = (hints: ReadonlyArray<Command>): Command | null => hints[0] ?? null

/** What an error is made from, where its maker knows the facts. */
interface Told {
  readonly message: string
  readonly hints: ReadonlyArray<Command>
  readonly again?: ReadonlyArray<Again>
  readonly details?: Readonly<Record<string, unknown>>
}

/** What every error of this library tells about itself. */
export interface ErrorInfo {
  readonly code: string
  readonly message: string
  /** Commands that mend it, best first. What is no command belongs into the message. */
  readonly hints: ReadonlyArray<Command>
  /** How the command line that failed would succeed; `mp` writes these out behind the hints. */
  readonly again?: ReadonlyArray<Again> | undefined
  readonly details: Details
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
    /** What mends it; `null` where no command does, and the reason says what is to be done. */
    readonly fix: Command | null
    /** Other commands that mend it. */
    readonly others?: ReadonlyArray<Command>
  }>
  implements ErrorInfo
{
  readonly code = "CONFIG_ERROR"
  override get message(): string {
    return `${this.path} ${this.reason}`
  }
  get hints(): ReadonlyArray<Command> {
    return [...(this.fix === null ? [] : [this.fix]), ...(this.others ?? [])]
  }
  get details() {
    return { path: this.path, problem: this.problem, fix: fixOf(this.hints) }
  }
}

/** The configuration, the environment or a bridge file says something that cannot be used. */
export class ConfigError
  extends Data.TaggedError("ConfigError")<Told & { readonly details: Details }>
  implements ErrorInfo
{
  constructor(told: Told) {
    super({ ...told, details: { ...told.details, fix: fixOf(told.hints) } })
  }
  readonly code = "CONFIG_ERROR"
  /** The same problem, told by the door to the disk. */
  static fromFile(error: FileError): ConfigError {
    return new ConfigError({ message: error.message, hints: error.hints, details: error.details })
  }
}

/** An argument, flag or override is not acceptable. */
export class InvalidArgument
  extends Data.TaggedError("InvalidArgument")<Told & { readonly details: Details }>
  implements ErrorInfo
{
  constructor(told: Told) {
    super({ ...told, details: { ...told.details, fix: fixOf(told.hints) } })
  }
  readonly code = "INVALID_ARGUMENT"
}

/** Who holds a lock, as far as its name tells. */
export interface LockHolder {
  readonly pid: number
  /** Whether the process id is one of this machine (and container). */
  readonly here: boolean
  /** Stopped by a signal: it will not go on by itself. Known of processes of this machine only. */
  readonly stopped: boolean
}

/** Another process held a lock for longer than we wait (45 s). Trying again helps. */
export class LockTimeout
  extends Data.TaggedError("LockTimeout")<{
    readonly path: string
    readonly waitedMillis: number
    /** `null` where nobody can tell. */
    readonly holder: LockHolder | null
  }>
  implements ErrorInfo
{
  readonly code = "LOCK_TIMEOUT"
  override get message(): string {
    return `${holderText(this.holder)} has held the lock ${this.path} for more than ${Math.round(this.waitedMillis / 1000)} s.`
  }
  get hints(): ReadonlyArray<Command> {
    if (this.holder?.stopped === true) return [command`kill -CONT ${this.holder.pid}`]
    // Who is alive on this machine is at work, and only waiting helps.
    return this.holder?.here === true ? [] : [command`mp doctor --fix`]
  }
  get again(): ReadonlyArray<Again> {
    return [{}]
  }
  get details() {
    const { holder, path, waitedMillis } = this
    return {
      path,
      waited_ms: waitedMillis,
      pid: holder?.pid ?? null,
      here: holder?.here ?? null,
      fix: fixOf(this.hints)
    }
  }
}

/** The process that holds a lock, as the beginning of a sentence. */
export const holderText = (holder: LockHolder | null): string => {
  if (holder === null) return "Another process"
  const where = holder.here ? "on this machine" : "elsewhere: another machine or container"
  return `Another process (pid ${holder.pid}, ${where}${holder.stopped ? ", stopped" : ""})`
}

/**
 * A lock was lost while it was held: this process was stopped for so long that others took it for dead, or somebody
 * removed the lock. Nothing was changed since. Trying again helps.
 */
export class LockLost
  extends Data.TaggedError("LockLost")<{
    readonly path: string
    /** What the system said, when the lock could not be confirmed; `null` when it was gone. */
    readonly errno: string | null
  }>
  implements ErrorInfo
{
  readonly code = "LOCK_LOST"
  override get message(): string {
    return this.errno === null
      ? `The lock ${this.path} was lost: this process was stopped for too long, or somebody removed it. Nothing was written.`
      : `The lock ${this.path} could not be confirmed: ${meaningOf(this.errno)}. Nothing was written.`
  }
  get hints(): ReadonlyArray<Command> {
    return []
  }
  get again(): ReadonlyArray<Again> {
    return [{}]
  }
  get details() {
    return { path: this.path, errno: this.errno, fix: fixOf(this.hints) }
  }
}

/** What can go wrong with a lock. */
export type LockError = LockTimeout | LockLost

/** No account of that name is configured. */
export class AccountNotFound
  extends Data.TaggedError("AccountNotFound")<{
    readonly account: string
    /** What asked for it: `--account`, `MP_ACCOUNT`, `[active].account in FILE`, … */
    readonly origin: string
    readonly available: ReadonlyArray<string>
    /** What mends it where it was not the command line that asked. */
    readonly fix?: Command
  }>
  implements ErrorInfo
{
  readonly code = "ACCOUNT_NOT_FOUND"
  override get message(): string {
    const known = this.available.length === 0 ? "No account is configured." : `Configured: ${listed(this.available)}.`
    return `Account '${this.account}' (from ${this.origin}) was not found. ${known}`
  }
  get hints(): ReadonlyArray<Command> {
    if (this.fix !== undefined) return [this.fix]
    if (this.origin.startsWith("MP_")) return [command`unset ${this.origin}`]
    return this.available.length > 0 ? [] : [command`mp login`]
  }
  get again(): ReadonlyArray<Again> {
    return insteadOf(this.account, this.fix === undefined ? this.origin : "", this.available)
  }
  get details() {
    return { account: this.account, origin: this.origin, available: this.available, fix: fixOf(this.hints) }
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
  implements ErrorInfo
{
  readonly code = "ACCOUNT_EXISTS"
  override get message(): string {
    return this.other === null
      ? `Account '${this.account}' exists already.`
      : `Account '${this.account}' would share its files with account '${this.other}' on a disk that does not tell upper from lower case.`
  }
  get hints(): ReadonlyArray<Command> {
    return [this.hint ?? command`mp account use ${argument(this.account)}`]
  }
  get again(): ReadonlyArray<Again> {
    return this.hint === null ? [{ argument: [this.account, `${this.account}-2`] }] : []
  }
  get details() {
    return { account: this.account, other: this.other, fix: fixOf(this.hints) }
  }
}

/** The account is referenced by targets and was not removed. */
export class AccountInUse
  extends Data.TaggedError("AccountInUse")<{
    readonly account: string
    readonly referencedBy: ReadonlyArray<string>
  }>
  implements ErrorInfo
{
  readonly code = "ACCOUNT_IN_USE"
  override get message(): string {
    return `Account '${this.account}' is used by ${this.referencedBy.length === 1 ? "target" : "targets"} ${listed(this.referencedBy)}.`
  }
  get hints(): ReadonlyArray<Command> {
    return [
      ...this.referencedBy.map((target) => command`mp target remove ${argument(target)}`),
      command`mp account remove --force ${argument(this.account)}`
    ]
  }
  get details() {
    return { account: this.account, referenced_by: this.referencedBy, fix: fixOf(this.hints) }
  }
}

/** No target of that name is saved. */
export class TargetNotFound
  extends Data.TaggedError("TargetNotFound")<{
    readonly target: string
    readonly origin: string
    readonly available: ReadonlyArray<string>
  }>
  implements ErrorInfo
{
  readonly code = "TARGET_NOT_FOUND"
  override get message(): string {
    const known = this.available.length === 0 ? "No target is saved." : `Saved: ${listed(this.available)}.`
    return `Target '${this.target}' (from ${this.origin}) was not found. ${known}`
  }
  get hints(): ReadonlyArray<Command> {
    if (this.origin.startsWith("MP_")) return [command`unset ${this.origin}`]
    return this.available.length > 0
      ? []
      : [command`mp target add ${argument(this.target)} --account NAME --project ID`]
  }
  get again(): ReadonlyArray<Again> {
    return insteadOf(this.target, this.origin, this.available)
  }
  get details() {
    return { target: this.target, origin: this.origin, available: this.available, fix: fixOf(this.hints) }
  }
}

/** A target of that name is saved already. */
export class TargetExists extends Data.TaggedError("TargetExists")<{ readonly target: string }> implements ErrorInfo {
  readonly code = "TARGET_EXISTS"
  override get message(): string {
    return `Target '${this.target}' exists already.`
  }
  get hints(): ReadonlyArray<Command> {
    return [command`mp target use ${argument(this.target)}`]
  }
  get again(): ReadonlyArray<Again> {
    return [{ argument: [this.target, `${this.target}-2`] }]
  }
  get details() {
    return { target: this.target, fix: fixOf(this.hints) }
  }
}

/** No source names an account. */
export class NoAccount
  extends Data.TaggedError("NoAccount")<{ readonly notes: ReadonlyArray<string> }>
  implements ErrorInfo
{
  readonly code = "NO_ACCOUNT"
  override get message(): string {
    return ["No account is configured or selected.", ...this.notes].join(" ")
  }
  get hints(): ReadonlyArray<Command> {
    return [
      command`mp login`,
      command`mp account use NAME`,
      command`mp target use NAME`,
      command`mp account add team --type service_account --username USER --region us`,
      command`MP_USERNAME=USER MP_SECRET=SECRET MP_PROJECT_ID=ID MP_REGION=us mp session`,
      command`MP_OAUTH_TOKEN=TOKEN MP_PROJECT_ID=ID MP_REGION=us mp session`
    ]
  }
  get details() {
    return { notes: this.notes, fix: fixOf(this.hints) }
  }
}

/** An account is known, but no source names a project. */
export class NoProject
  extends Data.TaggedError("NoProject")<{ readonly account: string | null; readonly notes: ReadonlyArray<string> }>
  implements ErrorInfo
{
  readonly code = "NO_PROJECT"
  override get message(): string {
    const about =
      this.account === null
        ? "No project is selected."
        : `Account '${this.account}' has no default project and no other source names one.`
    return [about, ...this.notes].join(" ")
  }
  get hints(): ReadonlyArray<Command> {
    return [
      this.account === null
        ? command`mp project use ID`
        : command`mp account update ${argument(this.account)} --project ID`,
      command`MP_PROJECT_ID=ID mp session`
    ]
  }
  get again(): ReadonlyArray<Again> {
    return [{ flags: [["project", "ID"]] }, { without: ["account"], flags: [["target", "NAME"]] }]
  }
  get details() {
    return { account: this.account, notes: this.notes, fix: fixOf(this.hints) }
  }
}

/** A project that was asked for is not among those that the credential can see. */
export class ProjectNotFound
  extends Data.TaggedError("ProjectNotFound")<{
    readonly project: string
    readonly origin: string
    readonly available: ReadonlyArray<string>
  }>
  implements ErrorInfo
{
  readonly code = "PROJECT_NOT_FOUND"
  override get message(): string {
    const seen = this.available.length === 0 ? "It sees none." : `It sees: ${listed(this.available)}.`
    return `The credential cannot see project ${this.project} (from ${this.origin}). ${seen}`
  }
  get hints(): ReadonlyArray<Command> {
    return this.origin.startsWith("--") ? [] : [command`unset ${this.origin}`]
  }
  get again(): ReadonlyArray<Again> {
    const [id] = this.available
    return this.origin.startsWith("--")
      ? [...(id === undefined ? [] : [{ flags: [["project", id]] as const }]), { without: ["project"] }]
      : []
  }
  get details() {
    return { project: this.project, origin: this.origin, available: this.available, fix: fixOf(this.hints) }
  }
}

/** A project has no workspace that the credential can see. */
export class NoWorkspaces
  extends Data.TaggedError("NoWorkspaces")<{ readonly account: string; readonly project: string }>
  implements ErrorInfo
{
  readonly code = "NO_WORKSPACES"
  override get message(): string {
    return `Account '${this.account}' sees no workspace in project ${this.project}.`
  }
  get hints(): ReadonlyArray<Command> {
    return [command`mp workspace list --refresh`]
  }
  get again(): ReadonlyArray<Again> {
    return [{ flags: [["workspace", "ID"]] }, { flags: [["project", "ID"]] }]
  }
  get details() {
    return { account: this.account, project: this.project, fix: fixOf(this.hints) }
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

/** The names that are there, in place of one that is not: as flag or as argument. */
const insteadOf = (name: string, origin: string, available: ReadonlyArray<string>): ReadonlyArray<Again> => {
  const [first] = nearestFirst(name, available)
  if (first === undefined) return []
  if (origin.startsWith("--")) return [{ flags: [[origin.slice(2), first]] }]
  return origin === "NAME" ? [{ argument: [name, first] }] : []
}

/** Names that begin alike come first. */
const nearestFirst = (name: string, available: ReadonlyArray<string>): ReadonlyArray<string> => {
  const common = (other: string): number => [...other].findIndex((letter, index) => letter !== name[index])
  const nearness = (other: string): number => (common(other) === -1 ? other.length : common(other))
  return [...available].sort((a, b) => nearness(b) - nearness(a))
}

const shownNames = 8

const listed = (names: ReadonlyArray<string>): string =>
  names.length <= shownNames
    ? names.join(", ")
    : `${names.slice(0, shownNames).join(", ")} and ${names.length - shownNames} more`

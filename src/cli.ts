/**
 * The command line of `mp` as values of @effect/cli: mount a group below a command of your own, or run a whole command
 * line. Commands need the services that `layer` provides, a `Terminal`, and `Globals`, which are the flags that every
 * command of `mp` understands.
 */
import * as Layer from "effect/Layer"
import { canonicalArgv as canonical, type CanonicalArgv, type Refused } from "./cli/app/canonicalArgv.ts"
import { commandOf, groupOf, parsersOf } from "./cli/app/command.ts"
import { globalFacts } from "./cli/app/globalFlags.ts"
import * as ProcessTerminal from "./cli/app/ProcessTerminal.ts"
import { Terminal } from "./cli/app/Terminal.ts"
import * as accounts from "./cli/commands/account/account.ts"
import * as requests from "./cli/commands/api/api.ts"
import * as configs from "./cli/commands/config/config.ts"
import * as doctors from "./cli/commands/doctor/doctor.ts"
import * as envs from "./cli/commands/env/env.ts"
import * as execs from "./cli/commands/exec/exec.ts"
import * as inspects from "./cli/commands/inspect/inspect.ts"
import * as logins from "./cli/commands/login/login.ts"
import { facts, mp as whole } from "./cli/commands/mp.ts"
import * as projects from "./cli/commands/project/project.ts"
import * as queries from "./cli/commands/query/query.ts"
import * as sessions from "./cli/commands/session/session.ts"
import * as statuses from "./cli/commands/status/status.ts"
import * as targets from "./cli/commands/target/target.ts"
import * as workspaces from "./cli/commands/workspace/workspace.ts"

/**
 * `mp account`: accounts, their logins and their bearers.
 * @since 0.1.0
 * @category commands
 */
export const account = groupOf(accounts.account)

/**
 * `mp project`: the projects that an account sees, and its default.
 * @since 0.1.0
 * @category commands
 */
export const project = groupOf(projects.project)

/**
 * `mp workspace`: the workspaces of a project, and the pinned one.
 * @since 0.1.0
 * @category commands
 */
export const workspace = groupOf(workspaces.workspace)

/**
 * `mp target`: saved account, project and workspace.
 * @since 0.1.0
 * @category commands
 */
export const target = groupOf(targets.target)

/**
 * `mp session`: the session that a command run now would use.
 * @since 0.1.0
 * @category commands
 */
export const session = commandOf(sessions.session)

/**
 * `mp status`: one page about the session, for a person.
 * @since 0.1.0
 * @category commands
 */
export const status = commandOf(statuses.status)

/**
 * `mp config`: the configuration file.
 * @since 0.1.0
 * @category commands
 */
export const config = groupOf(configs.config)

/**
 * `mp query`: questions to the query API.
 * @since 0.1.0
 * @category commands
 */
export const query = groupOf(queries.query)

/**
 * `mp inspect`: what is in a project.
 * @since 0.1.0
 * @category commands
 */
export const inspect = groupOf(inspects.inspect)

/**
 * `mp login`: from nothing to a working session.
 * @since 0.1.0
 * @category commands
 */
export const login = commandOf(logins.login)

/**
 * `mp api`: any authenticated request.
 * @since 0.1.0
 * @category commands
 */
export const api = commandOf(requests.api)

/**
 * `mp doctor`: what is wrong, and the command that fixes it.
 * @since 0.1.0
 * @category commands
 */
export const doctor = commandOf(doctors.doctor)

/**
 * `mp exec`: another program, with the session in its environment.
 * @since 0.1.0
 * @category commands
 */
export const exec = commandOf(execs.exec)

/**
 * `mp env`: the session as variables of a shell.
 * @since 0.1.0
 * @category commands
 */
export const env = commandOf(envs.env)

/**
 * All of `mp`, with its global flags. @effect/cli alone takes unknown flags for arguments: see `canonicalArgv`.
 * @since 0.1.0
 * @category commands
 */
export const mp = whole()

/**
 * Checks the words behind `mp` as `mp` does, and writes them so that @effect/cli takes no value for a flag or a command:
 * `[global flags] [path] [flags] -- [arguments]`.
 * @since 0.1.0
 * @category commands
 */
export const canonicalArgv = (argv: ReadonlyArray<string>) => canonical(facts, argv)

export type { CanonicalArgv, Refused }

/**
 * The global flags of `mp`, as the config of a command of your own; `toGlobals` makes `Globals` of what was given.
 * @since 0.1.0
 * @category commands
 */
export const globalFlags = parsersOf(globalFacts)

/**
 * The terminal of this process.
 *
 * @example
 * ```ts
 * const main = run(process.argv.slice(2)).pipe(Effect.provide(terminal))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const terminal = Layer.effect(Terminal, ProcessTerminal.make)

export {
  checkGlobals as toGlobals,
  type GivenGlobals,
  Globals,
  type GlobalValues,
  noGlobals
} from "./cli/app/Globals.ts"
export { Terminal, type TerminalShape } from "./cli/app/Terminal.ts"
export { TerminalText } from "./cli/app/TerminalText.ts"
export { exitCodeOf } from "./cli/app/exitCode.ts"
export { run } from "./cli/app/run.ts"
export type { CommandError, CommandServices } from "./cli/app/CommandContext.ts"
export type { Typed } from "./cli/app/again.ts"

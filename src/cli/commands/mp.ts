import * as Command from "@effect/cli/Command"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CommandError } from "../app/CommandContext.ts"
import { commandOf, groupOf, parsersOf } from "../app/command.ts"
import type { Declared, Handled } from "../app/declare.ts"
import type { GroupFacts } from "../app/facts.ts"
import { checkGlobals, type GivenGlobals, Globals } from "../app/Globals.ts"
import { globalFacts } from "../app/globalFlags.ts"
import { silently, withDiagnostics } from "../app/logging.ts"
import { reportingOverrides } from "../app/sessionFor.ts"
import { warningOfSize } from "../app/sizeWarning.ts"
import { inOwnContext, withService } from "../app/withService.ts"
import { account } from "./account/account.ts"
import { logout } from "./logout/logout.ts"
import { audit } from "./audit/audit.ts"
import { api } from "./api/api.ts"
import { broker } from "./broker/broker.ts"
import { cache } from "./cache/cache.ts"
import { completions } from "./completions/completions.ts"
import { credential } from "./credential/credential.ts"
import { config } from "./config/config.ts"
import { doctor } from "./doctor/doctor.ts"
import { env } from "./env/env.ts"
import { exec } from "./exec/exec.ts"
import { help } from "./help/help.ts"
import { inspect } from "./inspect/inspect.ts"
import { login } from "./login/login.ts"
import { project } from "./project/project.ts"
import { query } from "./query/query.ts"
import { session } from "./session/session.ts"
import { status } from "./status/status.ts"
import { store } from "./store/store.ts"
import { target } from "./target/target.ts"
import { use } from "./target/use.ts"
import { workspace } from "./workspace/workspace.ts"

const children: Arr.NonEmptyReadonlyArray<Declared> = [
  login,
  logout,
  status,
  use,
  account,
  project,
  workspace,
  target,
  session,
  api,
  query,
  inspect,
  credential,
  audit,
  config,
  doctor,
  exec,
  env,
  broker,
  store,
  cache,
  completions,
  help
]

export const facts: GroupFacts = {
  kind: "group",
  name: "mp",
  summary: "accounts, sessions and authenticated requests for Mixpanel",
  children: children.map(({ facts }) => facts)
}

/** What the global flags change about a command. */
const asGiven = <E, R>(handled: Effect.Effect<void, E, R>, given: GivenGlobals) =>
  Effect.flatMap(checkGlobals(given), (values) =>
    handled.pipe(
      reportingOverrides,
      warningOfSize,
      withService(Globals, values),
      values.verbose ? withDiagnostics(values.format) : silently,
      inOwnContext
    )
  )

/** All of `mp`: it needs the services of the library, and a terminal. */
export const mp = () => {
  const root = Command.make("mp", { globals: parsersOf(globalFacts) }).pipe(
    Command.withDescription(facts.summary),
    Command.withSubcommands(Arr.map(children, (child) => ("children" in child ? groupOf(child) : commandOf(child))))
  )
  return Command.withHandler(root, (given) => asGiven(root.handler(given), given.globals))
}

/** The command at a path, with the global flags as its own: where it is found was decided by the check. */
export const mpAt = <R>(
  [noun, verb]: ReadonlyArray<string>,
  around: (handled: Handled) => Effect.Effect<void, CommandError, R>
) => {
  const below = children.find(({ facts }) => facts.name === noun)
  const leaf =
    below !== undefined && "children" in below ? below.children.find(({ facts }) => facts.name === verb) : below
  return Option.map(Option.fromNullable(leaf), ({ facts, handler }) =>
    Command.make("mp", { globals: parsersOf(globalFacts), given: parsersOf(facts.config) }, ({ given, globals }) =>
      asGiven(around(handler(given)), globals)
    )
  )
}

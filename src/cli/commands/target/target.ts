/** `mp target`: saved cursors. */
import { command } from "../../../domain/hints/Command.ts"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../../domain/errors.ts"
import { AccountName, parse, TargetName } from "../../../domain/account/identifiers.ts"
import { Target } from "../../../domain/session/Target.ts"
import { nameAndId, namesOf } from "../../../domain/session/SessionNames.ts"
import { Accounts } from "../../../services/config/Accounts.ts"
import { MeCache } from "../../../services/api/MeCache.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { group, leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { Globals } from "../../app/Globals.ts"
import { done, list, notice, record } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { text } from "../../app/TerminalText.ts"

const name = Flag.argument("NAME", "name of the target")

const targetRecord = ({ account, name, project, workspace }: Target): Fields => ({
  name,
  account,
  project,
  workspace: Option.getOrNull(workspace)
})

const listTargets = leaf({ name: "list", summary: "list all targets", examples: ["mp target list"] }, () =>
  Effect.gen(function* () {
    const targets = yield* Targets
    const entries = yield* targets.list
    const records = entries.flatMap(({ value }) => (Either.isRight(value) ? [targetRecord(value.right)] : []))
    yield* list(records, {
      columns: ["name", "account", "project", "workspace"],
      empty: text`No targets are saved. To save one:\n  mp target add NAME --account ACCOUNT --project ID`
    })
    yield* Effect.forEach(
      entries.flatMap(({ value }) => (Either.isLeft(value) ? [value.left.message] : [])),
      notice,
      { discard: true }
    )
  })
)

/** The target that the command line describes; account and project have no default here. */
const newTarget = (nameText: string) =>
  Effect.gen(function* () {
    const { account, project, workspace } = yield* Globals
    const missing = [...(Option.isNone(account) ? ["--account"] : []), ...(Option.isNone(project) ? ["--project"] : [])]
    if (Option.isNone(account) || Option.isNone(project)) {
      return yield* new InvalidArgument({
        message: `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing.`,
        hints: [],
        again: [{ flags: missing.map((flag) => [flag.slice(2), flag === "--account" ? "NAME" : "ID"] as const) }]
      })
    }
    return new Target({
      name: yield* named("NAME", parse(TargetName)(nameText)),
      account: yield* named("--account", parse(AccountName)(account.value)),
      project: project.value,
      workspace
    })
  })

const named = <A>(what: string, parsed: Either.Either<A, string>): Either.Either<A, InvalidArgument> =>
  Either.mapLeft(
    parsed,
    (message) => new InvalidArgument({ message: `${what} ${message}.`, hints: [command`mp target add --help`] })
  )

const add = leaf(
  {
    name: "add",
    summary: "save account, project and perhaps workspace under a name",
    arguments: { name },
    globals: {
      account: "account of the target (required)",
      project: "project of the target (required)",
      workspace: "workspace of the target"
    },
    examples: ["mp target add ecom --account team --project 3018488 --workspace 3448414"]
  },
  (_, args) =>
    Effect.gen(function* () {
      const targets = yield* Targets
      const target = yield* targets.add(yield* newTarget(args.name))
      yield* done([`Added target '${target.name}'.`], targetRecord(target))
    })
)

const use = leaf(
  {
    name: "use",
    summary: "make the target's account, project and workspace the session",
    arguments: { name },
    examples: ["mp target use ecom"]
  },
  (_, args) =>
    Effect.gen(function* () {
      const targets = yield* Targets
      const accounts = yield* Accounts
      const cache = yield* MeCache
      const target = yield* targets.use(args.name)
      const account = yield* accounts.get(target.account)
      const names = namesOf(yield* cache.names({ account, origin: "config" }), target.project, target.workspace)
      const workspace = Option.match(target.workspace, { onNone: () => "", onSome: (id) => `, workspace ${id}` })
      const project = nameAndId(names.project, target.project)
      yield* done([`Active: ${target.account} → ${project}${workspace}`], targetRecord(target))
    })
)

const show = leaf(
  { name: "show", summary: "show a target", arguments: { name }, examples: ["mp target show ecom"] },
  (_, args) =>
    Effect.gen(function* () {
      const targets = yield* Targets
      yield* record(targetRecord(yield* targets.show(args.name)))
    })
)

const remove = leaf(
  { name: "remove", summary: "remove a target", arguments: { name }, examples: ["mp target remove ecom"] },
  (_, args) =>
    Effect.gen(function* () {
      const targets = yield* Targets
      const removed = yield* targets.remove(args.name)
      yield* done([`Removed target '${removed}'.`], { name: removed, removed: true })
    })
)

export const target = group("target", "targets: saved account, project and workspace", [
  listTargets,
  add,
  use,
  show,
  remove
])

/** `mp use --here`: a rule for the working directory, in the user's own configuration. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { AccountName, parse } from "../../../domain/account/identifiers.ts"
import type { DirectoryChoice } from "../../../domain/config/directories.ts"
import { command } from "../../../domain/hints/Command.ts"
import { Directories } from "../../../services/config/Directories.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { SessionResolver } from "../../../services/session/SessionResolver.ts"
import { Globals, sessionRequest } from "../../app/Globals.ts"
import { checked, invalid } from "../../app/invalid.ts"
import { done, notice } from "../../app/output.ts"
import { noteNotInForce } from "../../app/sessionFor.ts"

const help = command`mp use --help`

/** A target by its name, or an account and a project by their flags. */
const choiceOf = (name: Option.Option<string>) =>
  Effect.gen(function* () {
    const { account, project, target, workspace } = yield* Globals
    const flags = Object.entries({ account, project, target, workspace }).flatMap(([flag, { _tag }]) =>
      _tag === "Some" ? [flag] : []
    )
    const refused = flags.find((flag) => Option.isSome(name) || flag === "target" || flag === "workspace")
    if (refused === "target") return yield* invalid("With --here, the target is the argument NAME.", help)
    if (refused === "workspace")
      return yield* invalid("A directory has no workspace of its own; save a target that has one.", {
        without: ["workspace"],
        after: command`mp target add NAME --account ACCOUNT --project ID --workspace ID`
      })
    if (refused !== undefined) {
      return yield* invalid(`A target already says account and project; it cannot be combined with --${refused}.`, {
        without: flags
      })
    }
    if (Option.isSome(name)) return { target: name.value } satisfies DirectoryChoice
    if (Option.isSome(account)) {
      return {
        account: yield* checked("--account", parse(AccountName)(account.value), help),
        project
      } satisfies DirectoryChoice
    }
    if (Option.isSome(project)) return { project: project.value } satisfies DirectoryChoice
    return yield* invalid("NAME, --account or --project is missing: --here says what for.", help)
  })

/** What was chosen, as the axes that it decides. */
const axesOf = (choice: DirectoryChoice) =>
  Effect.gen(function* () {
    if (!("target" in choice))
      return {
        account: "account" in choice ? choice.account : null,
        project: "account" in choice ? Option.getOrNull(choice.project) : choice.project
      }
    const { account, project } = yield* Effect.flatMap(Targets, ({ show }) => show(choice.target))
    return { account, project }
  })

export const useHere = (name: Option.Option<string>) =>
  Effect.gen(function* () {
    const choice: DirectoryChoice = yield* choiceOf(name)
    const path = yield* Effect.flatMap(Directories, (directories) => directories.useHere(choice))
    const { account, project } = yield* axesOf(choice)
    const target = "target" in choice ? choice.target : null
    const said = Object.entries({ target, account, project }).flatMap(([axis, value]) =>
      value === null || (target !== null && axis !== "target") ? [] : [`${axis} ${value}`]
    )
    yield* done([`In ${path} and below: ${said.join(", ")}`], {
      name: target ?? account ?? project,
      path,
      target,
      account,
      project
    })
    yield* noteNotInForce({ ...(account === null ? {} : { account }), ...(project === null ? {} : { project }) })
  })

export const unsetHere = (name: Option.Option<string>) =>
  Effect.gen(function* () {
    if (Option.isSome(name)) {
      return yield* invalid("--unset removes what was set for this directory, whatever it is.", {
        argument: [name.value, null]
      })
    }
    const removed = yield* Effect.flatMap(Directories, (directories) => directories.unsetHere)
    yield* done(
      removed.length === 0
        ? ["Nothing was set for this directory."]
        : removed.map((path) => `Nothing is set for ${path} any more.`),
      { name: removed[0] ?? null, removed: removed.length > 0, paths: removed }
    )
    yield* noteStillRuled
  })

/** A rule of a directory above goes on to count. */
const noteStillRuled = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  const { explain } = yield* resolver.inspect(yield* sessionRequest)
  const rule = [...explain.account, ...explain.project].find(
    ({ source, status }) => source === "directory" && status === "used"
  )
  if (rule !== undefined) yield* notice(`${rule.origin} is used here: ${rule.value}.`)
}).pipe(Effect.ignore)

import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { parse, TargetName } from "../../account/identifiers.ts"
import { type EditError, InvalidArgument, TargetExists } from "../../errors.ts"
import { argument, command } from "../../hints/Command.ts"
import { encodeTarget, type Target } from "../../session/SavedSession.ts"
import * as Toml from "../../toml/TomlDocument.ts"
import * as Config from "../ConfigDocument.ts"
import { targetNamed, targetNotFound } from "../named.ts"
import { activate, type Edit, type Edited, onToml, removeKey, requireAccount, rewriteAccount, setKey } from "./Edit.ts"

/**
 * Saves a target; its account must exist.
 * @since 0.1.0
 * @category edits
 */
export const addTarget =
  (target: Target): Edit<Target> =>
  (document) =>
    Either.gen(function* () {
      yield* Either.mapLeft(
        parse(TargetName)(target.name),
        (message) =>
          new InvalidArgument({
            message: `The target's name ${message}.`,
            hints: [],
            again: [{ argument: [target.name, "my-target"] }]
          })
      )
      yield* requireAccount(document, target.account, "--account")
      const targets = yield* Config.section(document, "targets")
      if (Object.hasOwn(targets, target.name)) return yield* Either.left(new TargetExists({ target: target.name }))
      const next = onToml(document, (toml) => Toml.putTable(toml, ["targets", target.name], encodeTarget(target)))
      return { document: next, result: target }
    })

/**
 * Removes a target, broken or whole.
 * @since 0.1.0
 * @category edits
 */
export const removeTarget =
  (name: string): Edit<string> =>
  (document) =>
    Either.flatMap(
      Config.section(document, "targets"),
      (targets): Either.Either<Edited<string>, EditError> =>
        Object.hasOwn(targets, name)
          ? Either.right({ document: removeKey(document, ["targets", name]), result: name })
          : Either.left(targetNotFound(document, name))
    )

/**
 * Applies a target: its account, its project as that account's default, its workspace or none.
 * @since 0.1.0
 * @category edits
 */
export const useTarget =
  (name: string): Edit<Target> =>
  (document) =>
    Either.gen(function* () {
      const target = yield* targetNamed(document, name)
      yield* requireAccount(
        document,
        target.account,
        `target '${name}' in ${document.path}`,
        command`mp target remove ${argument(name)}`
      )
      const activated = activate(document, target.account)
      const placed = yield* rewriteAccount(activated, target.account, { default_project: target.project })
      const next = Option.match(target.workspace, {
        onNone: () => placed.document,
        onSome: (workspace) => setKey(placed.document, ["active", "workspace"], workspace)
      })
      return { document: next, result: target }
    })

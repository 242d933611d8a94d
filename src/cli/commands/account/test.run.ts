/** What `mp account test` does: its outcome is printed whatever it is, then told by the exit code. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { AccountCheck, type AccountCheckResult } from "../../../services/login/AccountCheck.ts"
import { record } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { identity } from "../../app/sessionFor.ts"
import { SilentError } from "../../app/CommandContext.ts"

const fieldsOf = ({ account, outcome }: AccountCheckResult): Fields => ({
  account_name: account,
  ok: Either.isRight(outcome),
  user: Either.match(outcome, {
    onLeft: () => null,
    onRight: ({ user }) => Option.match(user, { onNone: () => null, onSome: ({ email, id }) => ({ id, email }) })
  }),
  accessible_project_count: Either.match(outcome, {
    onLeft: () => null,
    onRight: ({ accessibleProjects }) => accessibleProjects
  }),
  error: Either.match(outcome, { onLeft: ({ message }) => message, onRight: () => null })
})

/** Runs the check and reports it; a failed one ends the command with its own exit code. */
export function* run({ name }: { readonly name: Option.Option<string> }) {
  const check = yield* AccountCheck
  const result = yield* check.run(yield* identity(name))
  yield* record(fieldsOf(result), { default: "json" })
  if (Either.isLeft(result.outcome)) return yield* new SilentError({ error: result.outcome.left })
}

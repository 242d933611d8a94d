/** What `mp account test` does: its outcome is printed whatever it is, then told by the exit code. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { AccountCheck, type VerifiedAccount } from "../../../services/login/AccountCheck.ts"
import { record } from "../../app/output.ts"
import type { ErrorInfo } from "../../../domain/errors.ts"
import { type Fields, toJson } from "../../app/Json.ts"
import { identity } from "../../app/sessionFor.ts"
import { SilentError } from "../../app/CommandContext.ts"

interface Tested {
  readonly account: string | null
  readonly outcome: Either.Either<VerifiedAccount, ErrorInfo>
}

const fieldsOf = ({ account, outcome }: Tested): Fields => ({
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
  error: Either.match(outcome, { onLeft: ({ message }) => message, onRight: () => null }),
  error_code: Either.match(outcome, { onLeft: ({ code }) => code, onRight: () => null }),
  error_details: Either.match(outcome, { onLeft: ({ details }) => toJson(details), onRight: () => null })
})

/** A command line that says two things at once tests nothing; whatever else goes wrong before the check is its outcome. */
const tested = (name: Option.Option<string>) =>
  Effect.flatMap(AccountCheck, (check) =>
    identity(name).pipe(
      Effect.flatMap((found) => check.run(found)),
      Effect.catchAll((error) =>
        error._tag === "InvalidArgument"
          ? Effect.fail(error)
          : Effect.succeed({ account: Option.getOrNull(name), outcome: Either.left(error) })
      )
    )
  )

/** Runs the check and reports it; a failed one ends the command with its own exit code. */
export function* run({ name }: { readonly name: Option.Option<string> }) {
  const result: Tested = yield* tested(name)
  yield* record(fieldsOf(result), { default: "json" })
  if (Either.isLeft(result.outcome)) return yield* new SilentError({ error: result.outcome.left })
}

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
  ...Either.match(outcome, {
    onLeft: ({ code, details, message }) => ({
      user: null,
      accessible_project_count: null,
      error: message,
      error_code: code,
      error_details: toJson(details)
    }),
    onRight: ({ accessibleProjects, user }) => ({
      user: Option.getOrNull(Option.map(user, ({ email, id }) => ({ id, email }))),
      accessible_project_count: accessibleProjects,
      error: null,
      error_code: null,
      error_details: null
    })
  })
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

export function* run({ name }: { readonly name: Option.Option<string> }) {
  const result: Tested = yield* tested(name)
  yield* record(fieldsOf(result), { default: "json" })
  if (Either.isLeft(result.outcome)) return yield* new SilentError({ error: result.outcome.left })
}

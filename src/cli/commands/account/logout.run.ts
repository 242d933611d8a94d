import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { Login } from "../../../services/login/Login.ts"
import type { LoggedOut } from "../../../services/login/SignIn.ts"
import { done } from "../../app/output.ts"
import { withSignOfLife } from "../../app/signOfLife.ts"
import { withLogin } from "../login/person.ts"

/** Ends the login of an account at the server, as far as that works, and says what came of it. */
export const endLogin = (name: string) =>
  Effect.gen(function* () {
    const { removed, revoked } = yield* Effect.flatMap(Login, ({ logout }) => logout(name))
    return { removed, revoked: Option.exists(revoked, Either.isRight), said: outcome({ removed, revoked }) }
  }).pipe(Effect.provide(withLogin), withSignOfLife)

const outcome = ({ removed, revoked }: LoggedOut): string => {
  if (!removed) return "there were no tokens."
  return Option.match(revoked, {
    onNone: () => "unusable tokens removed; there was nothing to revoke.",
    onSome: Either.match({
      onLeft: (reason) =>
        `tokens removed, but not revoked at the server (${reason}); they stay valid until they expire.`,
      onRight: () => "tokens revoked at the server and removed."
    })
  })
}

export function* run({ name }: { readonly name: string }) {
  const { removed, revoked, said } = yield* endLogin(name)
  yield* done([`Logged out '${name}': ${said}`], { name, removed, revoked })
}

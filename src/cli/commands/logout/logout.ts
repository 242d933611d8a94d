/** `mp logout`: `account logout` of the account that is named, or that the session uses. */
import * as Effect from "effect/Effect"
import { command } from "../../../domain/hints/Command.ts"
import { declare, lazyHandler } from "../../app/declare.ts"
import { invalid } from "../../app/invalid.ts"
import { identity } from "../../app/sessionFor.ts"
import { optionalName } from "../account/records.ts"

const logOut = lazyHandler(() => import("../account/logout.run.ts"))

export const logout = declare(
  "logout",
  {
    summary: "log an oauth_browser account out: revoke and delete its tokens",
    examples: ["mp logout", "mp logout me"]
  },
  { name: optionalName },
  function* ({ name }) {
    const { account, origin } = yield* identity(name)
    if (origin !== "config") {
      const what = `Account '${account.name}' comes from the ${origin}: it has no login here to end.`
      return yield* invalid(what, origin === "bridge" ? command`mp account remove-bridge` : command`mp account list`)
    }
    yield* Effect.gen(() => logOut({ name: account.name }))
  }
)

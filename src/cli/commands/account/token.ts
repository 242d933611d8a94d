import * as Option from "effect/Option"
import { TokenResolver } from "../../../services/tokens/TokenResolver.ts"
import { declare } from "../../app/declare.ts"
import { optionalName } from "./records.ts"
import { identity } from "../../app/sessionFor.ts"
import { showBearer } from "./showBearer.ts"

export const token = declare(
  "token",
  {
    summary: "print the bearer of an account, alone on one line",
    examples: ['curl -H "Authorization: Bearer $(mp account token me)" https://mixpanel.com/api/app/me']
  },
  { name: optionalName },
  function* ({ name }) {
    const found = yield* identity(name)
    const { account, origin } = found
    const resolver = yield* TokenResolver
    const bearer =
      account.type === "service_account" ? Option.none() : Option.some(yield* resolver.bearer(account, origin))
    yield* showBearer(found, bearer)
  }
)

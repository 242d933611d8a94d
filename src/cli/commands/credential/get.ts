import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ofBearer, ofServiceAccount, protocols } from "../../../domain/credential/protocols.ts"
import { lastingBearer } from "../../../services/tokens/lastingBearer.ts"
import { StaticCredentials } from "../../../services/tokens/StaticCredentials.ts"
import { TokenResolver } from "../../../services/tokens/TokenResolver.ts"
import { declare } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { notice } from "../../app/output.ts"
import { identity } from "../../app/sessionFor.ts"
import { checkAddress, minTtlOf, showCredential } from "./showCredential.ts"

export const get = declare(
  "get",
  {
    summary: "print the credential of the session's account for another program, as JSON",
    examples: [
      "mp credential get --protocol headers",
      "mp credential get --protocol json --min-ttl 5m",
      "mp credential get --protocol exec-credential -a me",
      'echo \'{"uri":"https://mixpanel.com/api/app/me"}\' | mp credential get --protocol bazel'
    ]
  },
  {
    protocol: flag("protocol", {
      value: "PROTOCOL",
      required: true,
      choices: protocols,
      description: "what the other program understands; for bazel, the address is read from stdin"
    }),
    minTtl: flag("min-ttl", {
      value: "DURATION",
      description: "how long a bearer has to last, such as 5m: one that would not is refreshed early"
    })
  },
  function* ({ minTtl, protocol }) {
    const ttl = yield* minTtlOf(minTtl)
    const found = yield* identity(Option.none())
    const { account, origin } = found
    yield* checkAddress(protocol, account)
    if (account.type === "service_account") {
      const secret = yield* Effect.flatMap(StaticCredentials, ({ current }) => current(account, origin))
      return yield* showCredential(protocol, found, ofServiceAccount(account, secret))
    }
    const { bearer, short } = yield* lastingBearer(yield* TokenResolver, account, origin, ttl)
    yield* showCredential(protocol, found, ofBearer(account, bearer))
    if (Option.isSome(short)) yield* notice(`The bearer does not last as long as --min-ttl asks: ${short.value}.`)
  }
)

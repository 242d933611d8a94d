/** `mp credential get`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../../../domain/account/Account.ts"
import { allowedOrigins } from "../../../domain/api/Endpoints.ts"
import { ownAddress } from "../../../domain/api/RequestUrl.ts"
import { CredentialWithheld } from "../../../domain/credential/CredentialWithheld.ts"
import {
  answerOf,
  bazelAddress,
  type HandedCredential,
  ofBearer,
  ofServiceAccount,
  type Protocol,
  protocols
} from "../../../domain/credential/protocols.ts"
import { parseDuration } from "../../../domain/internal/duration.ts"
import type { Identity } from "../../../domain/session/Caller.ts"
import { parentProgram } from "../../../layers/node/parentProgram.ts"
import { Audit } from "../../../services/audit/Audit.ts"
import { handOver } from "../../../services/audit/handOver.ts"
import { endpointOverrides, variable } from "../../../services/platform/environment.ts"
import { lastingBearer } from "../../../services/tokens/lastingBearer.ts"
import { StaticCredentials } from "../../../services/tokens/StaticCredentials.ts"
import { TokenResolver } from "../../../services/tokens/TokenResolver.ts"
import { declare } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { checked } from "../../app/invalid.ts"
import { jsonLine } from "../../app/Json.ts"
import { notice } from "../../app/output.ts"
import { identity } from "../../app/sessionFor.ts"
import { maxSecretBytes, Terminal } from "../../app/Terminal.ts"
import { bareToken } from "../account/token.ts"

/** How long the bearer has to last, in milliseconds. */
export const minTtlOf = (given: Option.Option<string>) =>
  Option.match(given, {
    onNone: () => Either.right(0),
    onSome: (text) => checked("--min-ttl", parseDuration(text), { flags: [["min-ttl", "5m"]] })
  })

/** Bazel says which address it wants the credential for: the decision is made on the parsed one. */
export const checkAddress = (protocol: Protocol, account: Account) =>
  Effect.gen(function* () {
    if (protocol !== "bazel") return
    const terminal = yield* Terminal
    const origins = allowedOrigins(account.region, yield* endpointOverrides)
    const instead = [...origins].slice(0, 1).map((origin) => ({ piped: JSON.stringify({ uri: `${origin}/` }) }))
    const uri = yield* checked("stdin", bazelAddress(yield* terminal.readStdin(maxSecretBytes)), ...instead)
    yield* Either.mapLeft(
      ownAddress(uri, origins),
      (reason) => new CredentialWithheld({ account: account.name, reason, instead })
    )
  })

export const showCredential = (protocol: Protocol, found: Identity, credential: HandedCredential) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    yield* bareToken(found.account, Redacted.value(credential.token))
    const answer = yield* answerOf(protocol, credential, yield* variable("KUBERNETES_EXEC_INFO"))
    yield* handOver(yield* Audit, found, credential.token, yield* parentProgram)
    yield* terminal.out(jsonLine(answer))
  })

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

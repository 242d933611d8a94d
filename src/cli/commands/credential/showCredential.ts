/** What another program asked for, and the credential as it understands it. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../../../domain/account/Account.ts"
import { allowedOrigins } from "../../../domain/api/Endpoints.ts"
import { ownAddress } from "../../../domain/api/RequestUrl.ts"
import { CredentialWithheld } from "../../../domain/credential/CredentialWithheld.ts"
import { answerOf, bazelAddress, type HandedCredential, type Protocol } from "../../../domain/credential/protocols.ts"
import { parseDuration } from "../../../domain/internal/duration.ts"
import type { Identity } from "../../../domain/session/Caller.ts"
import { parentProgram } from "../../../layers/node/parentProgram.ts"
import { Audit } from "../../../services/audit/Audit.ts"
import { handOver } from "../../../services/audit/handOver.ts"
import { endpointOverrides, variable } from "../../../services/platform/environment.ts"
import { checked } from "../../app/invalid.ts"
import { jsonLine } from "../../app/Json.ts"
import { maxSecretBytes, Terminal } from "../../app/Terminal.ts"
import { bareToken } from "../account/showBearer.ts"

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

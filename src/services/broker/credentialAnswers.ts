import { textOf } from "../api/http/gather.ts"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { allowedOrigins } from "../../domain/api/Endpoints.ts"
import { ownAddress } from "../../domain/api/RequestUrl.ts"
import { Denied } from "../../domain/broker/Denied.ts"
import { answerOf, bazelAddress, ofBearer, ofServiceAccount } from "../../domain/credential/protocols.ts"
import type { Session } from "../../domain/session/Session.ts"
import { Audit } from "../audit/Audit.ts"
import { endpointOverrides } from "../platform/environment.ts"
import { StaticCredentials } from "../tokens/StaticCredentials.ts"
import { TokenResolver } from "../tokens/TokenResolver.ts"
import { atMost } from "./atMost.ts"
import type { Answers, BrokerOptions } from "./BrokerOptions.ts"
import { jsonAnswer } from "./guestAnswers.ts"
import { gathered } from "./guestBody.ts"

const maxQuestionBytes = 8_192
const mostQuestions = 256

/** `POST /credential`, as credential helpers of Bazel are asked. */
export const credentialAnswers = (
  { account, origin }: Session,
  { onTrouble, program }: Pick<BrokerOptions, "onTrouble" | "program">
): Effect.Effect<Answers, never, TokenResolver | Audit> =>
  Effect.gen(function* () {
    const tokens = yield* TokenResolver
    const statics = yield* StaticCredentials
    const audit = yield* Audit
    const receiving = atMost(mostQuestions)
    const credential =
      account.type === "service_account"
        ? Effect.map(statics.current(account, origin), (secret) => ofServiceAccount(account, secret))
        : Effect.map(tokens.bearer(account, origin), (bearer) => ofBearer(account, bearer))
    const handedOut = credential.pipe(
      Effect.tapError(onTrouble),
      Effect.mapError(({ code }) => new Denied(502, "upstream", `The broker has no credential to hand out (${code}).`)),
      Effect.tap(({ token }) =>
        audit.record({ event: "broker", account: account.name, token: Option.some(token), program, rule: "token" })
      )
    )
    const answers: Answers = Effect.fnUntraced(function* ({ body, head }) {
      if (head.target !== "/credential") {
        return yield* new Denied(404, "path", "This broker is asked for its credential alone: POST /credential.")
      }
      if (head.method !== "POST") return yield* new Denied(405, "method", "A credential is asked for with POST.")
      const question = yield* Either.mapLeft(
        textOf(yield* receiving(gathered(body, maxQuestionBytes))),
        (reason) => new Denied(400, "body", `The body is ${reason}.`)
      )
      const uri = yield* Either.mapLeft(
        bazelAddress(question),
        (reason) => new Denied(400, "body", `The body ${reason}.`)
      )
      const overrides = yield* Effect.mapError(endpointOverrides, unknownAddresses)
      yield* Either.mapLeft(
        ownAddress(uri, allowedOrigins(account.region, overrides)),
        (reason) => new Denied(403, "path", `The credential is not handed out: ${reason}.`)
      )
      const answer = yield* Effect.mapError(answerOf("bazel", yield* handedOut, Option.none()), unknownAddresses)
      return jsonAnswer(200, answer)
    })
    return answers
  })

const unknownAddresses = ({ code }: { readonly code: string }) =>
  new Denied(502, "upstream", `The broker cannot answer now (${code}).`)

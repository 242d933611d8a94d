/** Token mode: the credential itself, for addresses of the session alone. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { allowedOrigins } from "../../domain/api/Endpoints.ts"
import { askedOrigin, bazelAnswer } from "../../domain/api/bazelCredential.ts"
import { Denied } from "../../domain/broker/Denied.ts"
import type { Session } from "../../domain/session/Session.ts"
import { endpointOverrides } from "../platform/environment.ts"
import { presentCredential } from "../session/presentCredential.ts"
import { TokenResolver } from "../tokens/TokenResolver.ts"
import { atMost } from "./atMost.ts"
import type { Answers, BrokerOptions } from "./BrokerOptions.ts"
import { jsonAnswer } from "./guestAnswers.ts"
import { gathered } from "./guestBody.ts"

const maxQuestionBytes = 8_192
const mostQuestions = 256

/** `POST /credential`, as credential helpers of Bazel are asked. */
export const credentialAnswers = (
  session: Session,
  { onTrouble }: Pick<BrokerOptions, "onTrouble">
): Effect.Effect<Answers, never, TokenResolver> =>
  Effect.map(TokenResolver, (tokens): Answers => {
    const credential = Effect.provideService(presentCredential(session), TokenResolver, tokens).pipe(
      Effect.tapError(onTrouble),
      Effect.mapError(({ code }) => new Denied(502, "upstream", `The broker has no credential to hand out (${code}).`))
    )
    const origins = Effect.mapBoth(endpointOverrides, {
      onFailure: ({ code }) => new Denied(502, "upstream", `The broker does not know its own addresses (${code}).`),
      onSuccess: (overrides) => allowedOrigins(session.region, overrides)
    })
    const receiving = atMost(mostQuestions)
    return Effect.fnUntraced(function* ({ body, head }) {
      if (head.target !== "/credential") {
        return yield* new Denied(404, "path", "This broker is asked for its credential alone: POST /credential.")
      }
      if (head.method !== "POST") return yield* new Denied(405, "method", "A credential is asked for with POST.")
      const question = new TextDecoder().decode(yield* receiving(gathered(body, maxQuestionBytes)))
      const asked = askedOrigin(question, yield* origins)
      if (Either.isLeft(asked)) return yield* new Denied(403, "path", `The question ${asked.left}.`)
      return jsonAnswer(200, bazelAnswer(yield* credential))
    })
  })

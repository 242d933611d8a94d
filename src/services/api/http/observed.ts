/** A request on its way as observers see it: a span by OpenTelemetry's conventions for HTTP clients, a count, a duration. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Tracer from "effect/Tracer"
import type { ApiFamily } from "../../../domain/api/Endpoints.ts"
import { urlTemplate } from "../../../domain/api/urlTemplate.ts"
import { requestEnded, timed } from "../../platform/metrics.ts"
import { portOf } from "../../../domain/internal/parseUrl.ts"

export interface Observable {
  readonly family: ApiFamily
  readonly method: string
  readonly url: URL
  readonly resends: number
  readonly parent?: Tracer.AnySpan | undefined
}

/** Ends the span of a response that is an error, as the conventions ask for. It shows nothing of the response. */
class ErrorStatus extends Data.Error<{ readonly message: string }> {}

export const observed = <A extends { readonly status: number }, E>(
  sent: Observable,
  send: Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    let refused: A | undefined
    const { name, options } = spanOf(sent)
    return Effect.useSpan(name, options, (span) =>
      timed((watch) =>
        Effect.matchEffect(send, {
          onFailure: (error) => {
            span.attribute("error.type", "no_response")
            return Effect.zipRight(requestEnded(sent.family, undefined, watch), Effect.fail(error))
          },
          onSuccess: (response) => {
            const { status } = response
            span.attribute("http.response.status_code", status)
            const ended = requestEnded(sent.family, status, watch)
            if (status < 400) return Effect.as(ended, response)
            refused = response
            span.attribute("error.type", String(status))
            return Effect.zipRight(ended, Effect.fail(new ErrorStatus({ message: `status ${status}` })))
          }
        })
      )
    ).pipe(
      Effect.catchAll((error) => {
        if (!(error instanceof ErrorStatus)) return Effect.fail(error)
        return refused === undefined ? Effect.die(error) : Effect.succeed(refused)
      })
    )
  })

const spanOf = ({ family, method, parent, resends, url }: Observable) => {
  const template = urlTemplate(url.pathname)
  const attributes: Record<string, string | number> = {
    "mixpanel.family": family,
    "http.request.method": method,
    "url.template": template,
    "server.address": url.hostname,
    "server.port": Number(portOf(url))
  }
  if (resends > 0) attributes["http.request.resend_count"] = resends
  return {
    name: `${method} ${template}`,
    options: { parent, kind: "client", captureStackTrace: false, attributes }
  } as const
}

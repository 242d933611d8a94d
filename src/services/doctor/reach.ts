/** One request to the host of every region in use, without a credential. */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { networkReason, timedOut } from "../../domain/api/NetworkReason.ts"
import type { Answered, Facts, Reached } from "../../domain/doctor/Facts.ts"
import { baseUrl } from "../../domain/api/Endpoints.ts"
import { parseEndpointOverrides, parseEnvironment } from "../../domain/session/Environment.ts"

const patience = 10_000

/** Asks all hosts at once. Where an address must not be used, nobody is asked. */
export const reach = (facts: Facts): Effect.Effect<ReadonlyArray<Reached>, never, HttpClient.HttpClient> =>
  Effect.forEach(addresses(facts), ask, { concurrency: "unbounded" })

const addresses = (facts: Facts): ReadonlyArray<string> =>
  Either.match(parseEndpointOverrides(facts.variables), {
    onLeft: () => [],
    onRight: (overrides) => [...new Set(regionsInUse(facts).map((region) => baseUrl("app", region, overrides)))]
  })

const regionsInUse = ({ accounts, bridge, variables }: Facts) => [
  ...accounts.map(({ account }) => account.region),
  ...Option.toArray(Option.flatMap(Either.getRight(parseEnvironment(variables)), ({ region }) => region)),
  ...[bridge.sources.chosen, bridge.sources.here].flatMap((source) =>
    Option.toArray(source).flatMap(({ content }) =>
      Either.match(content, { onLeft: () => [], onRight: ({ account }) => [account.region] })
    )
  )
]

const ask = (url: string): Effect.Effect<Reached, never, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    const before = yield* Clock.currentTimeMillis
    const response = yield* client.head(url)
    const after = yield* Clock.currentTimeMillis
    const answered: Answered = {
      status: response.status,
      ahead: aheadOf(response.headers["date"], (before + after) / 2)
    }
    return answered
  }).pipe(
    Effect.mapError((error: HttpClientError.HttpClientError) => networkReason(error)),
    Effect.timeoutFail({ duration: patience, onTimeout: () => timedOut(patience) }),
    Effect.either,
    Effect.map((outcome) => ({ url, outcome }))
  )

/** The header is cut off to whole seconds: on average it is half a second old. */
const aheadOf = (date: string | undefined, now: number): Option.Option<number> =>
  Option.map(Option.filter(Option.some(Date.parse(date ?? "")), Number.isFinite), (theirs) => now - (theirs + 500))

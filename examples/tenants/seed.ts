/** The logins of many tenants who ask for nothing, and how long it takes to write, list and read such. */
import { Console, Duration, Effect, Option, Redacted, Stream } from "effect"
import { AccountName, CredentialStorage, OAuthTokens, TokenStore } from "effect-mixpanel"

const hour = 3_600_000

const tokensOf = (name: AccountName) =>
  new OAuthTokens({
    accessToken: Redacted.make(`access-token-of-${name}`),
    refreshToken: Option.some(Redacted.make(`refresh-token-of-${name}`)),
    expiresAt: Option.some(Date.now() + hour),
    tokenType: "Bearer",
    scope: "projects events",
    clientId: Option.some("client-of-nobody"),
    session: Option.none(),
    origin: Option.none()
  })

const millis = (duration: Duration.Duration | undefined) => `${Duration.toMillis(duration ?? 0).toFixed(1)} ms`

export const seed = (count: number) =>
  Effect.gen(function* () {
    const store = yield* TokenStore
    const storage = yield* CredentialStorage
    const names = Array.from({ length: count }, (_, index) => AccountName.make(`tenant-${index}`))
    const write = (name: AccountName) => store.put(name, tokensOf(name))
    const [writing] = yield* Effect.timed(Effect.forEach(names, write, { concurrency: 32, discard: true }))
    const [listing, listed] = yield* Effect.timed(Stream.runCount(storage.list("accounts/")))
    const sample = names.filter((_, index) => index % 20 === 0)
    const reads = yield* Effect.forEach(sample, (name) => Effect.map(Effect.timed(store.get(name)), ([took]) => took))
    const sorted = reads.toSorted(Duration.Order)
    const [median, slowest] = [0.5, 0.99].map((part) => sorted[Math.floor(sorted.length * part)])
    const read = `one login read in ${millis(median)} (median), ${millis(slowest)} (99 %)`
    yield* Console.log(
      `${count} tenants written in ${millis(writing)}; ${listed} listed in ${millis(listing)}; ${read}`
    )
  })

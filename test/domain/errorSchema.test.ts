/** Every error has a schema: it goes over a wire as what it tells, and comes back as an instance of its class. */
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as Rpc from "@effect/rpc/Rpc"
import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Library from "effect-mixpanel"

const classes = Object.entries(Library).filter(
  (entry): entry is [string, typeof Library.ConfigError] =>
    typeof entry[1] === "function" && entry[1].prototype instanceof Error
)

const refusal = { method: "GET", url: "https://mixpanel.com/api/query/events", status: 429, reason: "no", account: "a" }

const samples: ReadonlyArray<Library.ErrorInfo & { readonly _tag: string }> = [
  new Library.RateLimited({ ...refusal, retryAfterSeconds: Option.some(7) }),
  new Library.AuthenticationFailed({ ...refusal, status: 401, project: "1", accountType: "service_account" }),
  new Library.NetworkFailed({ method: "GET", url: "https://mixpanel.com/x", reason: "gone" }),
  new Library.ConfigError({ message: "m", hints: [] }),
  new Library.InvalidArgument({ message: "m", hints: [], details: { argument: "x" } }),
  new Library.OAuthTokenError({ account: "a", reason: "gone", fixes: [], details: { account: "a" } }),
  new Library.OAuthRefreshRevoked({ account: "a" }),
  new Library.OAuthStateMismatch({ reason: "r" }),
  new Library.OAuthRequestFailed({ reason: "r", temporary: true }),
  new Library.MintedElsewhere({ minted: "https://a.b", current: "https://c.d", region: "us", variable: null }),
  new Library.LockLost({ path: "/x", errno: null })
]

/** What an error says to whoever asks for all of it, as a logger does. */
const everyProperty = (error: object): object => {
  const names = new Set<string>()
  for (let at: unknown = error; at instanceof Error; at = Object.getPrototypeOf(at)) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) if (get) names.add(name)
  }
  return Object.fromEntries(["message", ...names].map((name) => [name, Reflect.get(error, name)]))
}

describe("schemas of errors", () => {
  it("every error of the library has one, and says no more than what errors tell", () => {
    expect(classes.length).toBeGreaterThan(25)
    for (const [name, { schema }] of classes) expect([name, Schema.isSchema(schema)]).toEqual([name, true])
  })

  it.effect.each(samples.map((error) => [error._tag, error] as const))("%s", ([tag, error]) =>
    Effect.gen(function* () {
      const found = classes.find(([name]) => name === tag)
      if (found === undefined) throw new Error(`${tag} is not exported`)
      const json = Schema.parseJson(Schema.Unknown.pipe(Schema.compose(Schema.encodedSchema(found[1].schema))))
      const wire = yield* Schema.encodeUnknown(found[1].schema)(error)
      expect(wire).toEqual({
        _tag: tag,
        code: error.code,
        message: error.message,
        hints: error.hints,
        details: error.details
      })
      const back = yield* Schema.decodeUnknown(found[1].schema)(yield* Schema.decodeUnknown(json)(JSON.stringify(wire)))
      expect(back).toBeInstanceOf(found[1])
      expect(back).toMatchObject(JSON.parse(JSON.stringify(wire)))
      expect(yield* Schema.encodeUnknown(found[1].schema)(back)).toEqual(JSON.parse(JSON.stringify(wire)))
    })
  )

  it.each(classes)("%s answers everything that it is asked for once it came back", (_, { schema }) => {
    const [wire] = FastCheck.sample(Arbitrary.make(Schema.encodedSchema(schema)), 1)
    expect(everyProperty(Schema.decodeUnknownSync(schema)(wire))).toMatchObject({ message: wire?.message })
  })

  it.effect("one that came back is caught by its tag, and another one is refused", () =>
    Effect.gen(function* () {
      const { schema } = Library.RateLimited
      const back = yield* Schema.decode(schema)(yield* Schema.encodeUnknown(schema)(samples[0]))
      expect(yield* Effect.catchTag(Effect.fail(back), "RateLimited", ({ code }) => Effect.succeed(code))).toBe(
        "RATE_LIMITED"
      )
      expect(yield* Effect.either(Schema.encodeUnknown(schema)(samples[1]))).toMatchObject({ _tag: "Left" })
    })
  )

  it.effect("is the error of an Rpc", () =>
    Effect.gen(function* () {
      const report = Rpc.make("report", { error: Library.RateLimited.schema })
      const wire = yield* Schema.encodeUnknown(report.errorSchema)(samples[0])
      expect(yield* Schema.decodeUnknown(report.errorSchema)(wire)).toBeInstanceOf(Library.RateLimited)
    })
  )

  it("stands in an endpoint of HttpApi", () => {
    const endpoint = HttpApiEndpoint.get("report", "/report").addError(Library.RateLimited.schema)
    expect(HttpApiEndpoint.isHttpApiEndpoint(endpoint)).toBe(true)
  })
})

/** What every value of the library can do: be written and read, generated, compared and printed, and refuse what it is not. */
import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Hash from "effect/Hash"
import * as HashSet from "effect/HashSet"
import * as JSONSchema from "effect/JSONSchema"
import * as Option from "effect/Option"
import * as Pretty from "effect/Pretty"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  Account,
  AccountName,
  ActiveSession,
  BridgeFile,
  ClientRegistration,
  Me,
  OAuthBrowserAccount,
  OAuthTokenAccount,
  OAuthTokens,
  PendingLogin,
  Project,
  ProjectId,
  Segmentation,
  ServiceAccount,
  Session,
  Target,
  WorkspaceId,
  WorkspaceRef
} from "effect-mixpanel"

const mark = "s3cr3t-0f-th1s-t3st"
const secret = Redacted.make(mark)
const name = AccountName.make("team")
const project = new Project({ id: ProjectId.make("3018488") })
const workspace = WorkspaceId.make(3_448_414)
const service = new ServiceAccount({ name, region: "us", username: "team.292e7c", secret })
const client = new ClientRegistration({
  clientId: "client",
  region: "us",
  redirectUri: "http://localhost:19284/callback",
  scope: "",
  createdAt: "2026-01-01T00:00:00Z"
})
const tokens = new OAuthTokens({
  accessToken: secret,
  tokenType: "Bearer",
  scope: "",
  refreshToken: Option.some(secret)
})

interface Row {
  readonly name: string
  readonly schema: Schema.Schema<object, object>
  readonly make: (fields: Readonly<Record<string, unknown>>) => object
  readonly sample: object
}

/** The classes differ in their fields alone, which are taken as what they are given. */
const row = <A extends object, I extends object>(
  self: Schema.Schema<A, I> & { new (fields: never): A; readonly identifier: string },
  sample: A
): Row => ({
  name: self.identifier,
  schema: self as unknown as Schema.Schema<object, object>,
  make: (fields) => Reflect.construct(self, [fields]),
  sample
})

const rows = [
  row(ServiceAccount, service),
  row(OAuthBrowserAccount, new OAuthBrowserAccount({ name, region: "eu" })),
  row(OAuthTokenAccount, new OAuthTokenAccount({ name, region: "in", token: Option.some(secret) })),
  row(Project, project),
  row(WorkspaceRef, new WorkspaceRef({ id: workspace })),
  row(Session, new Session({ account: service, project, headers: { "X-Corp": secret } })),
  row(Target, new Target({ name: "a target", account: name, project: project.id })),
  row(ActiveSession, new ActiveSession({ account: Option.some(name) })),
  row(BridgeFile, new BridgeFile({ account: service, headers: { "X-Corp": secret } })),
  row(OAuthTokens, tokens),
  row(ClientRegistration, client),
  row(PendingLogin, new PendingLogin({ region: "us", client, state: secret, codeVerifier: secret, createdAt: 1 })),
  row(Me, new Me({ raw: { user_id: 42, projects: { "99": { name: "P", organization_id: 100 } } } })),
  row(Segmentation, new Segmentation({ series: ["a"], values: { x: { a: 1 } }, legendSize: 1 }))
]

const printed = (value: object, { schema }: Row): string =>
  [
    String(value),
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value),
    Pretty.make(schema)(value),
    String(Exit.fail(value)),
    String(Effect.runSyncExit(Effect.die(value)))
  ].join("\n")

const caught = (f: () => unknown): unknown => {
  try {
    f()
  } catch (error) {
    return error
  }
  return undefined
}

const throughText = ({ schema }: Row, value: object): object =>
  Schema.decodeUnknownSync(schema)(JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value))))

const fieldsOf = (value: object): Readonly<Record<string, unknown>> => ({ ...value })

const wrong = FastCheck.oneof(
  FastCheck.constant(mark),
  FastCheck.constantFrom<unknown>(
    null,
    Number.NaN,
    Infinity,
    -1,
    1e300,
    -0,
    0.5,
    1n,
    "",
    [],
    {},
    () => 1,
    Option.none()
  ),
  FastCheck.constantFrom<unknown>(
    Option.some(mark),
    Option.some(-1),
    Redacted.make(""),
    Redacted.make("a\nb"),
    Redacted.make(1)
  ),
  FastCheck.string().map((text) => Option.some(text)),
  FastCheck.anything()
)

describe.each(rows)("$name", (self) => {
  const { make, sample, schema } = self
  const any = Arbitrary.make(schema)

  it("is generated, made again of its fields, and written and read back as the same", () => {
    FastCheck.assert(
      FastCheck.property(any, (value) => {
        for (const same of [throughText(self, value), make(fieldsOf(value))]) {
          expect(Equal.equals(same, value)).toBe(true)
          expect(Hash.hash(same)).toBe(Hash.hash(value))
          expect(Schema.equivalence(schema)(same, value)).toBe(true)
          expect(Schema.is(schema)(same)).toBe(true)
          expect(same.constructor).toBe(value.constructor)
          expect(HashSet.has(HashSet.make(value), same)).toBe(true)
        }
      })
    )
  })

  it("has a JSON schema and a printer, and shows no secret however it is printed", () => {
    expect(JSONSchema.make(schema)).toHaveProperty("$schema")
    expect(printed(sample, self)).not.toContain(mark)
    expect(printed(throughText(self, sample), self)).not.toContain(mark)
  })

  it("is printed under its name, whatever a bundler makes of that of the class", () => {
    const called = sample.constructor.name
    Object.defineProperty(sample.constructor, "name", { value: "_t", configurable: true })
    try {
      expect(inspect(sample)).toMatch(new RegExp(`^${self.name} \\{`))
      expect(inspect({ inside: [sample] }, { depth: 1 })).toContain(`[${self.name}]`)
      expect(inspect(throughText(self, sample), { depth: 20 })).toBe(inspect(sample, { depth: 20 }))
    } finally {
      Object.defineProperty(sample.constructor, "name", { value: called, configurable: true })
    }
  })

  it("takes no field that it cannot write, names the one that it refuses and says why, and quotes nothing", () => {
    const names = Object.keys(sample)
    FastCheck.assert(
      FastCheck.property(FastCheck.constantFrom(...names), wrong, (field, value) => {
        const error = caught(() => {
          const made = make({ ...fieldsOf(sample), [field]: value })
          expect(Equal.equals(throughText(self, made), made)).toBe(true)
        })
        if (error === undefined) return
        expect(error).toMatchObject({ _tag: "InvalidArgument", code: "INVALID_ARGUMENT" })
        expect(String(error)).toMatch(
          new RegExp(`No ${self.name} can be made of this: (${field}|the workspace|needs exactly|a bridge)`)
        )
        expect(String(error)).not.toContain("declaration")
        expect(inspect(error, { depth: 20 })).not.toContain(mark)
      }),
      { numRuns: 400 }
    )
  })

  it("says what is missing", () => {
    const error = caught(() => make({}))
    if (self.name === "ActiveSession") expect(error).toBeUndefined()
    else expect(String(error)).toMatch(/is missing/)
  })
})

it.each(rows.slice(0, 3))("unknown keys of $name are refused by every decoder", ({ sample, schema }) => {
  const more = { ...Schema.encodeSync(schema)(sample), colour: mark }
  const session = Schema.encodeSync(Session)(new Session({ account: service, project }))
  for (const decode of [
    () => Schema.decodeUnknownSync(schema)(more),
    () => Schema.decodeUnknownSync(schema, { onExcessProperty: "ignore" })(more),
    () => Schema.decodeUnknownSync(Account)(more),
    () => Schema.decodeUnknownSync(Schema.Struct({ account: Account }))({ account: more }),
    () => Schema.decodeUnknownSync(Session)({ ...session, account: more }),
    () => Schema.decodeUnknownSync(BridgeFile)({ account: more, tokens: Schema.encodeSync(OAuthTokens)(tokens) })
  ]) {
    expect(decode).toThrow(/colour/)
  }
})

it("the file of a bridge is its encoded side", () => {
  const file = { version: 2, account: Schema.encodeSync(ServiceAccount)(service), headers: {} }
  expect(Schema.encodeSync(BridgeFile)(new BridgeFile({ account: service }))).toEqual(file)
  const read = Schema.decodeUnknownSync(BridgeFile)
  expect(() => read({ ...file, colour: 1 })).toThrow(/colour/)
  const more = { ...Schema.encodeSync(OAuthTokens)(tokens), colour: 1 }
  expect(
    Equal.equals(read({ ...file, tokens: more }), new BridgeFile({ account: service, tokens: Option.some(tokens) }))
  ).toBe(true)
})

it("the answers of the API are the encoded sides of Me and Segmentation", () => {
  const answer = { user_id: 42, projects: { "99": { name: "P", organization_id: 100 } }, more: [1] }
  expect(Schema.encodeSync(Me)(Schema.decodeUnknownSync(Me)({ status: "ok", results: answer }))).toEqual(answer)
  const counted = { data: { series: ["a"], values: { x: { a: 1 } } }, legend_size: 1 }
  expect(Schema.encodeSync(Segmentation)(Schema.decodeUnknownSync(Segmentation)(counted))).toEqual(counted)
})

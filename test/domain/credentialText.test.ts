import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { decodeAccount, OAuthTokenAccount, ServiceAccount } from "#src/domain/account/Account.ts"
import { parseSecret, parseUsername } from "#src/domain/account/credentialText.ts"
import { AccountName, ProjectId } from "#src/domain/account/identifiers.ts"
import { parse, projectSettings } from "#src/domain/config/ConfigDocument.ts"
import { checkCredential } from "#src/domain/login/LoginCredential.ts"
import { parseEnvironment } from "#src/domain/session/Environment.ts"
import { bareCredential } from "#src/services/login/bareCredential.ts"
import { staticBearer } from "#src/services/tokens/bearerAtHand.ts"

type Door = (text: string) => Either.Either<string, unknown>

const fromVariable =
  (name: "MP_SECRET" | "MP_OAUTH_TOKEN"): Door =>
  (text) =>
    Either.map(
      parseEnvironment((asked) => Option.liftPredicate(text, () => asked === name)),
      ({ oauthToken, secret }) => Redacted.value(Option.getOrThrow(name === "MP_SECRET" ? secret : oauthToken))
    )

const inProcess = (text: string) => ConfigProvider.fromMap(new Map([["CI_TOK", text]]), { pathDelim: "/" })
const withVariable = <A, E>(text: string, effect: Effect.Effect<A, E>) =>
  Effect.runSync(Effect.either(Effect.withConfigProvider(effect, inProcess(text))))
const name = AccountName.make("a")
const byVariable = new OAuthTokenAccount({ name, region: "us", tokenEnv: Option.some("CI_TOK") })
const textOf = (value: { readonly token: Redacted.Redacted } | object): string =>
  "token" in value && Redacted.isRedacted(value.token) ? String(Redacted.value(value.token)) : ""

const secretDoors: Readonly<Record<string, Door>> = {
  MP_SECRET: fromVariable("MP_SECRET"),
  MP_OAUTH_TOKEN: fromVariable("MP_OAUTH_TOKEN"),
  "a variable that an account names": (text) => Either.map(withVariable(text, staticBearer(byVariable)), textOf),
  "a variable that a login names": (text) =>
    Either.map(withVariable(text, bareCredential({ type: "oauth_token", tokenEnv: "CI_TOK" }, Option.none())), textOf),
  "the secret of a file": (text) =>
    Either.map(decodeAccount("a", { type: "service_account", region: "us", username: "u", secret: text }), (account) =>
      account.type === "service_account" ? Redacted.value(account.secret) : ""
    ),
  "the token of a file": (text) =>
    Either.map(decodeAccount("a", { type: "oauth_token", region: "us", token: text }), (account) =>
      account.type === "oauth_token" ? Redacted.value(Option.getOrThrow(account.token)) : ""
    ),
  "a project's secret of a file": (text) => {
    const quoted = JSON.stringify(text).replaceAll("\u007f", "\\u007f")
    const document = Either.getOrThrow(parse("/c", `[settings]\nproject_secret = ${quoted}\n`))
    return Either.map(projectSettings(document, ProjectId.make("1")), ({ secret }) =>
      Redacted.value(Option.getOrThrow(secret))
    )
  },
  "a program's login": (text) =>
    Either.map(checkCredential({ type: "oauth_token", token: Redacted.make(text) }), textOf)
}

const userDoors: Readonly<Record<string, Door>> = {
  MP_USERNAME: (text) =>
    Either.map(
      parseEnvironment((asked) => Option.liftPredicate(text, () => asked === "MP_USERNAME")),
      ({ username }) => Option.getOrThrow(username)
    ),
  "the user name of a file": (text) =>
    Either.map(decodeAccount("a", { type: "service_account", region: "us", username: text, secret: "s" }), (account) =>
      account.type === "service_account" ? account.username : ""
    )
}

/** Not empty: an empty variable is one that is not set. */
const typed = FastCheck.tuple(
  FastCheck.array(
    FastCheck.constantFrom(
      "LEAK",
      "s",
      ":",
      " ",
      "ü",
      "😀",
      "\t",
      "\n",
      "\r",
      "\u0000",
      "\u001b",
      "\u007f",
      "\u0085",
      "\u2028"
    )
  ),
  FastCheck.constantFrom("", "\n", "\r\n")
)
  .map(([pieces, end]) => pieces.join("") + end)
  .filter((text) => text !== "")

const sameAs = (validator: Door) => (doors: Readonly<Record<string, Door>>) =>
  FastCheck.assert(
    FastCheck.property(typed, (text) => {
      const wanted = validator(text)
      for (const [door, through] of Object.entries(doors)) {
        const found = through(text)
        expect({ door, found: Either.getOrNull(found) }).toEqual({ door, found: Either.getOrNull(wanted) })
        expect(JSON.stringify(Either.getLeft(found))).not.toContain("LEAK")
      }
    })
  )

describe("what comes through a door", () => {
  it("is the same secret, or refused by all", () => {
    sameAs((text) => Either.map(parseSecret(text), Redacted.value))(secretDoors)
  })

  it("is the same user name, or refused by all", () => {
    sameAs(parseUsername)(userDoors)
  })

  it.each([
    ["s3cret", "s3cret"],
    ["s3cret\n", "s3cret"],
    ["s3cret\r\n", "s3cret"],
    ["with blanks ", "with blanks "],
    ["s3cret\n\n", null],
    ["s3\x01cret", null],
    ["s3\ncret", null],
    ["s3cret\r", null],
    ["\r\n", null]
  ])("%j is the secret %j", (text, secret) => {
    expect(Option.getOrNull(Option.map(Either.getRight(parseSecret(text)), Redacted.value))).toBe(secret)
  })

  it("names the variable and what mends it", () => {
    const read = (variable: string, text: string) =>
      parseEnvironment((asked) => Option.liftPredicate(text, () => asked === variable))
    expect(Either.flip(read("MP_SECRET", "a\nb")).pipe(Either.getOrThrow)).toMatchObject({
      message: "MP_SECRET contains more than one line, or control characters.",
      hints: ["unset MP_SECRET", 'export MP_SECRET="$SECRET"']
    })
    expect(Either.flip(read("MP_USERNAME", "a:b")).pipe(Either.getOrThrow)).toMatchObject({
      message: "MP_USERNAME must be non-empty, without ':' and control characters.",
      hints: ["unset MP_USERNAME", "export MP_USERNAME=USER"]
    })
  })

  it("is refused of a program that makes an account by hand", () => {
    const made = (username: string, secret: string) => () =>
      new ServiceAccount({ name, region: "us", username, secret: Redacted.make(secret) })
    expect(made("u", "s")).not.toThrow()
    expect(made("a:b", "s")).toThrow(/must be non-empty, without/)
    expect(made("u", "LEAK\n")).toThrow(/more than one line/)
    expect(made("u", "LEAK\n")).not.toThrow(/LEAK/)
  })
})

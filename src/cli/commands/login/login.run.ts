import { command } from "../../../domain/hints/Command.ts"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Environment } from "../../../domain/session/Environment.ts"
import { AccountName, parse, type Region } from "../../../domain/account/identifiers.ts"
import type { LoginCredential } from "../../../domain/login/LoginCredential.ts"
import { selectMethod, type LoginFlags, type LoginMethod } from "../../../domain/login/LoginMethod.ts"
import type { Candidate } from "../../../domain/login/projectChoice.ts"
import { nameAndId } from "../../../domain/session/SessionNames.ts"
import { environment } from "../../../services/platform/environment.ts"
import { Login } from "../../../services/login/Login.ts"
import type { SignedIn } from "../../../services/login/SignIn.ts"
import { mayAsk, secretOf, variableName } from "../account/accountFlags.ts"
import { Globals } from "../../app/Globals.ts"
import { checked, invalid } from "../../app/invalid.ts"
import { done, notices } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { withSignOfLife } from "../../app/signOfLife.ts"
import { Terminal } from "../../app/Terminal.ts"
import type { BrowserFlags } from "./browserFlags.ts"
import { emailOf, narrate, person, unverified, userOf, withLogin } from "./person.ts"

/** An account is made here, not looked up: flags that choose one would be dead letters. */
const onlyOurGlobals = Effect.flatMap(Globals, ({ account, target, workspace }) => {
  if (Option.isSome(account)) {
    return invalid("--account does not apply to login, which creates the account.", {
      without: ["account"],
      flags: [["name", account.value]]
    })
  }
  const other = Option.isSome(target) ? "target" : Option.isSome(workspace) ? "workspace" : undefined
  return other === undefined ? Effect.void : invalid(`--${other} does not apply to login.`, { without: [other] })
})

interface Presented {
  readonly credential: LoginCredential
  readonly source: string
}

const presented = ({ type }: LoginMethod, flags: LoginFlags, env: Environment) => {
  switch (type) {
    case "service_account":
      return serviceAccount(flags, env)
    case "oauth_token":
      return Option.match(flags.tokenEnv, {
        onNone: () => inlineToken(env.oauthToken),
        onSome: (text) =>
          Either.map(
            variableName(text),
            (tokenEnv): Presented => ({ credential: { type, tokenEnv }, source: tokenEnv })
          )
      })
    case "oauth_browser":
      return Effect.succeed<Presented>({ credential: { type }, source: "the browser" })
  }
}

const serviceAccount = (flags: LoginFlags, env: Environment) =>
  Effect.gen(function* () {
    const username = yield* Either.fromOption(env.username, () =>
      invalid("MP_USERNAME is not set: a service account needs its user name.", command`export MP_USERNAME="$USERNAME"`)
    )
    const secret = yield* secretOf(flags, env, missingSecret)
    const source = flags.secretStdin ? "MP_USERNAME and --secret-stdin" : "MP_USERNAME and MP_SECRET"
    const result: Presented = { credential: { type: "service_account", username, secret }, source }
    return result
  })

const missingSecret = invalid(
  "The secret is missing: MP_SECRET is not set, and mp cannot prompt here.",
  command`printf %s "$SECRET" | mp login --service-account --secret-stdin`
)

/** The way was chosen because the variable is set. */
const inlineToken = (given: Environment["oauthToken"]) =>
  Either.map(
    Either.fromOption(given, () => invalid("MP_OAUTH_TOKEN is not set.", command`export MP_OAUTH_TOKEN="$TOKEN"`)),
    (token): Presented => ({ credential: { type: "oauth_token", token }, source: "MP_OAUTH_TOKEN" })
  )

const choose = Effect.gen(function* () {
  if (!(yield* mayAsk)) return Option.none()
  const terminal = yield* Terminal
  return Option.some((candidates: ReadonlyArray<Candidate>) =>
    Effect.promise(() => import("./askProject.ts")).pipe(
      Effect.flatMap(({ askProject }) => askProject(candidates)),
      Effect.provideService(Terminal, terminal)
    )
  )
})

const whoOf = ({ account, me }: SignedIn): string =>
  Option.getOrElse(emailOf(me), () => (account.type === "service_account" ? account.username : "(unknown user)"))

const fieldsOf = ({ account, isNew, me, project, tokensPath }: SignedIn): Fields => ({
  account_name: account.name,
  type: account.type,
  region: account.region,
  user: userOf(me),
  project: Option.getOrNull(Option.map(project, ({ id, name }) => ({ id, name: Option.getOrNull(name) }))),
  is_new: isNew,
  tokens_path: Option.getOrNull(tokensPath)
})

/** Ctrl-C at the list: the login holds, and the command was interrupted. */
const isUnchosen = ({ me, project }: Pick<SignedIn, "me" | "project">): boolean =>
  Option.isNone(project) && Either.isRight(me) && Object.keys(me.right.projects).length > 0

/** What a person would not expect of a login, or has to do next. */
const remarks = ({ account, me, project }: SignedIn): ReadonlyArray<string> => {
  if (Either.isLeft(me)) return unverified(me)
  const inline = account.type === "oauth_token" && Option.isSome(account.token)
  const unseen = Option.exists(project, ({ id }) => !Object.hasOwn(me.right.projects, id))
  return [
    ...(inline
      ? [
          "The token in MP_OAUTH_TOKEN was stored in the configuration; --token-env stores the name of a variable instead."
        ]
      : []),
    ...(Option.isNone(project)
      ? [
          isUnchosen({ me, project })
            ? "No project was chosen; the login is kept (mp project use ID sets one)."
            : "This credential sees no project yet (mp project use ID sets one)."
        ]
      : []),
    ...(unseen ? ["The account keeps its default project, although this credential cannot see it."] : [])
  ]
}

/** Nobody opens a browser, or answers what it asks: a credential, or the word that a redirect will come, is needed at once. */
const needsSomebody = (env: Environment) => {
  const given = Option.isSome(env.username)
    ? " (MP_USERNAME is set without MP_SECRET)"
    : Option.isSome(env.secret)
      ? " (MP_SECRET is set without MP_USERNAME)"
      : ""
  return invalid(
    `mp cannot prompt here (no terminal, or --no-input or CI is set), and no credential is given${given}.`,
    { flags: [["no-browser"]] },
    Option.isSome(env.username)
      ? { piped: true, flags: [["service-account"], ["secret-stdin"]] }
      : command`MP_USERNAME="$USERNAME" MP_SECRET="$SECRET" mp login`,
    { flags: [["token-env", "MP_CI_TOKEN"]] }
  )
}

interface SignInFlags extends LoginFlags, BrowserFlags {
  readonly name: Option.Option<string>
  readonly region: Option.Option<Region>
}

const signIn = (flags: SignInFlags) =>
  Effect.gen(function* () {
    yield* onlyOurGlobals
    const name = yield* Either.transposeMapOption(flags.name, (text) =>
      checked("--name", parse(AccountName)(text), { flags: [["name", "my-account"]] })
    )
    const env = yield* environment
    const region = Option.orElse(flags.region, () => env.region)
    const method = yield* selectMethod(flags, env)
    const asks = method.type === "oauth_browser" && !flags.noBrowser
    if (asks && !(yield* mayAsk)) return yield* needsSomebody(env)
    const { credential, source } = yield* presented(method, flags, env)
    const { project } = yield* Globals
    const context = yield* Effect.context<Globals | Terminal>()
    const { signIn } = yield* Login
    return yield* signIn({
      credential,
      source,
      name,
      region,
      project,
      environmentProject: env.projectId,
      user: yield* person(flags),
      choose: yield* choose,
      report: (event) => Effect.provide(narrate(event), context)
    })
  })

export const run = (flags: SignInFlags) =>
  Effect.gen(function* () {
    const result = yield* signIn(flags)
    yield* notices(remarks(result))
    const project = Option.match(result.project, {
      onNone: () => "(no project)",
      onSome: ({ id, name }) => nameAndId(Option.getOrNull(name), id)
    })
    yield* done([`Logged in as ${whoOf(result)} → ${result.account.name} · ${project}`], fieldsOf(result))
    if (isUnchosen(result)) return yield* Effect.interrupt
  }).pipe(Effect.provide(withLogin), withSignOfLife)

/** A machine in memory whose home is full of credentials, for tests of what touches them. */
import * as Path from "@effect/platform/Path"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import * as FixedCrypto from "#src/layers/memory/FixedCrypto.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedBrowser from "#src/layers/memory/ScriptedBrowser.ts"
import * as ScriptedCallbacks from "#src/layers/memory/ScriptedCallbacks.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { make as locationsOf } from "#src/layers/node/locations.ts"
import { Browser } from "#src/services/oauth/Browser.ts"
import { CallbackListener } from "#src/services/oauth/CallbackListener.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { Crypto } from "#src/services/platform/Crypto.ts"
import { Locations } from "#src/services/platform/Locations.ts"

/** The account of the browser that every home has. */
export const me = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "us" })

const projectOf = (home: string) => (home === "/ours" ? "1" : "2")

const config = (home: string) => `[active]
account = "me"

[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "${projectOf(home)}"

[settings]
project_secret = "project secret of ${home}"
`

const bridge = (home: string) => ({
  version: 2,
  account: { name: "bridged", type: "service_account", region: "us", username: `bridge of ${home}`, secret: "s" },
  project: projectOf(home)
})

const client = (home: string) => ({
  client_id: `client of ${home}`,
  region: "us",
  redirect_uri: "http://localhost:19284/callback",
  scope: "projects",
  created_at: "2026-01-01T00:00:00Z"
})

/** Fresh until 2036, or expired in 1969; Effect's test clock begins in 1970. */
const tokens = (home: string, isFresh: boolean) => ({
  access_token: `bearer-of-${home}`,
  refresh_token: "r",
  expires_at: isFresh ? "2036-01-01T00:00:00Z" : "1969-01-01T00:00:00Z",
  token_type: "Bearer",
  scope: "projects",
  client_id: `client of ${home}`
})

export interface HomeOptions {
  readonly hasBridge?: boolean
  readonly hasFreshTokens?: boolean
}

/** One of each kind of file; the predecessor wrote `me.json`, which says nothing of the credential it is for. */
const filesOf = (home: string, { hasBridge = false, hasFreshTokens = true }: HomeOptions) => ({
  [`${home}/.mp/config.toml`]: config(home),
  [`${home}/.mp/accounts/me/tokens.json`]: JSON.stringify(tokens(home, hasFreshTokens)),
  [`${home}/.mp/accounts/me/me.json`]: JSON.stringify({ user_id: Number(projectOf(home)), cached_at: 0 }),
  [`${home}/.mp/accounts/me/last-test.json`]: "{}",
  [`${home}/.mp/oauth/client_us.json`]: JSON.stringify(client(home)),
  ...(hasBridge ? { [`${home}/.claude/mixpanel/auth.json`]: JSON.stringify(bridge(home)) } : {})
})

/** Notes each path of which something is asked. */
const recording = (files: CredentialFilesShape, touched: Array<string>): CredentialFilesShape => {
  const noting =
    <Rest extends ReadonlyArray<unknown>, A>(operation: (path: string, ...rest: Rest) => A) =>
    (path: string, ...rest: Rest): A => {
      touched.push(path)
      return operation(path, ...rest)
    }
  return {
    read: noting(files.read),
    list: noting(files.list),
    write: noting(files.write),
    reserve: noting(files.reserve),
    remove: noting(files.remove),
    append: noting(files.append),
    withLock: noting(files.withLock)
  }
}

/** Notes each call of one operation of a service. */
const counting = <Id, Service extends object>(
  layer: Layer.Layer<Id>,
  tag: Context.Tag<Id, Service>,
  used: () => void
) =>
  Layer.map(layer, (context) => {
    const service = Context.get(context, tag)
    const watched = new Proxy(service, {
      get: (target, name) => {
        used()
        return Reflect.get(target, name)
      }
    })
    return Context.make(tag, watched)
  })

/** What a machine was asked for. */
export interface Asked {
  /** The paths of which anything was asked. */
  readonly files: Array<string>
  /** The requests, as method and address. */
  readonly requests: Array<string>
  /** How often each of these was looked at. */
  readonly used: { browser: number; listener: number; crypto: number }
}

const answer = ({ url }: ScriptedHttp.ScriptedRequest): ScriptedHttp.ScriptedResponse => {
  if (url.endsWith("/register/")) return { status: 201, body: { client_id: "registered" } }
  if (url.endsWith("/token/")) return { body: { access_token: "refreshed", token_type: "Bearer", expires_in: 3600 } }
  return url.includes("/me") ? { body: { results: { user_id: 42 } } } : { body: ["Login"] }
}

/** The machine, as parts of a composition, and what was asked of it. */
export const machine = (home: string, options: HomeOptions = {}) => {
  const asked: Asked = { files: [], requests: [], used: { browser: 0, listener: 0, crypto: 0 } }
  const hands = Layer.provideMerge(
    ScriptedBrowser.layer((url) =>
      Effect.flatMap(ScriptedCallbacks.ScriptedCallbacks, ({ deliver }) =>
        deliver(`code=c&state=${url.searchParams.get("state")}`)
      )
    ),
    ScriptedCallbacks.layer
  )
  const files = { ...filesOf("/ours", options), ...filesOf("/theirs", options) }
  const parts = {
    credentialFiles: Layer.map(MemoryFiles.layerWith(files), (context) =>
      Context.make(CredentialFiles, recording(Context.get(context, CredentialFiles), asked.files))
    ),
    fileInspector: MemoryFiles.layerWith(files),
    locations: Layer.succeed(Locations, locationsOf({ home, cwd: `${home}/work` })),
    crypto: counting(FixedCrypto.layer, Crypto, () => (asked.used.crypto += 1)),
    path: Path.layer,
    browser: counting(hands, Browser, () => (asked.used.browser += 1)),
    callbackListener: counting(hands, CallbackListener, () => (asked.used.listener += 1)),
    httpClient: Layer.map(
      ScriptedHttp.layer((request) => {
        asked.requests.push(`${request.method} ${request.url}`)
        return answer(request)
      }),
      Context.pick(HttpClient.HttpClient)
    ),
    userAgent: "test"
  }
  return { asked, parts }
}

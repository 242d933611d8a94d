/** The resolver with everything below it, over a disk or a memory and a network of the test's choosing. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { OAuthTokens, tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { layerWith as diskWith } from "#src/layers/node/files/DiskFiles.ts"
import { type DiskOps, nodeOps } from "#src/layers/node/files/DiskOps.ts"
import * as FixedCrypto from "#src/layers/memory/FixedCrypto.ts"
import { Audit } from "#src/services/audit/Audit.ts"
import * as Bridge from "#src/services/bridge/Bridge.ts"
import * as BridgeTokens from "#src/services/bridge/BridgeTokens.ts"
import { Browser } from "#src/services/oauth/Browser.ts"
import { CallbackListener } from "#src/services/oauth/CallbackListener.ts"
import * as ClientStore from "#src/services/oauth/ClientStore.ts"
import * as ConfigStore from "#src/services/config/ConfigStore.ts"
import type { Crypto } from "#src/services/platform/Crypto.ts"
import type { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import type { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { make as locationsAt } from "#src/layers/node/locations.ts"
import { Locations } from "#src/services/platform/Locations.ts"
import * as OAuthFlow from "#src/services/oauth/flow.ts"
import * as DiskStorage from "#src/services/storage/DiskStorage.ts"
import * as TokenResolver from "#src/services/tokens/TokenResolver.ts"
import * as TokenStore from "#src/services/tokens/TokenStore.ts"
import type { Issued } from "./StrictAuthority.ts"

export const clientId = "client-of-these-tokens"

export const account = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "us" })

/** A login is not what these tests are about: nothing may ask for one. */
const noLogin = Layer.mergeAll(
  Layer.succeed(Browser, { unavailable: Effect.succeed("a test"), open: () => Effect.die("no login in this test") }),
  Layer.succeed(CallbackListener, { listen: () => Effect.die("no login in this test") }),
  FixedCrypto.layer
)

/** The services of tokens, as they are wired in the program. */
export const over = <F, E>(
  files: Layer.Layer<CredentialFiles | F>,
  http: Layer.Layer<HttpClient.HttpClient, E>,
  home: string,
  url = "http://127.0.0.1:9",
  storage: Layer.Layer<CredentialStorage, never, CredentialFiles | Crypto | Locations> = DiskStorage.layer
) =>
  TokenResolver.layer.pipe(
    Layer.provideMerge(BridgeTokens.layer),
    Layer.provideMerge(
      Layer.succeed(Audit, { record: () => Effect.void, read: () => Effect.die("nobody reads the audit in this test") })
    ),
    Layer.provideMerge(Layer.mergeAll(TokenStore.layer, Bridge.layer, ConfigStore.layer, OAuthFlow.layer)),
    Layer.provideMerge(ClientStore.layer),
    Layer.provideMerge(storage),
    Layer.provide(Layer.merge(noLogin, http)),
    Layer.provideMerge(files),
    Layer.provideMerge(Layer.succeed(Locations, locationsAt({ home, cwd: join(home, "work") }))),
    Layer.provideMerge(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", url]]))))
  )

/** The disk with another home directory: the real one is never touched. */
export const diskAt = (home: string, ops: DiskOps = nodeOps): Layer.Layer<CredentialFiles> =>
  diskWith({ ...ops, host: { ...ops.host, home: () => home } })

/** A home directory of its own, gone afterwards. */
export const temporaryHome: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "mp-oauth-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

export const tokensPath = (home: string, name: string = account.name): string =>
  join(home, ".mp/accounts", name, "tokens.json")

/** An instant that has passed by the test clock too: tokens are not used in their last seconds. */
const longAgo = 1000

export const tokensOf = (issued: Issued, expiresAt: Option.Option<number> = Option.some(longAgo)): OAuthTokens =>
  new OAuthTokens({
    accessToken: Redacted.make(issued.access),
    refreshToken: Option.some(Redacted.make(issued.refresh)),
    expiresAt,
    tokenType: "Bearer",
    scope: "projects analysis",
    clientId: Option.some(clientId)
  })

/** Writes a file as a careful program does, without the code under test. */
export const plant = (path: string, text: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(`${path}.planted`, text, { mode: 0o600 })
    await rename(`${path}.planted`, path)
  })

/** Stores tokens that have expired. */
export const plantExpired = (home: string, issued: Issued): Effect.Effect<void> =>
  plant(tokensPath(home), tokensText(tokensOf(issued)))

/** The stored tokens expire, and nothing else about them changes. */
export const expireStored = (home: string): Effect.Effect<void> =>
  Effect.flatMap(readText(tokensPath(home)), (text) =>
    plant(tokensPath(home), text.replace(/"expires_at": "[^"]*"/, '"expires_at": "1970-01-01T00:00:00.000000+00:00"'))
  )

export const readText = (path: string): Effect.Effect<string> => Effect.promise(() => readFile(path, "utf8"))

/** The access token, in clear. */
export const bearer = Effect.flatMap(TokenResolver.TokenResolver, (resolver) =>
  Effect.map(resolver.bearer(account, "config"), ({ token }) => Redacted.value(token))
)

/** What the server's refusal of an access token leads to. */
export const refused = (access: string) =>
  Effect.flatMap(TokenResolver.TokenResolver, (resolver) => resolver.refused(account, "config", Redacted.make(access)))

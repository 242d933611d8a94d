import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { LoadedBridge } from "../../domain/session/BridgeFile.ts"
import { ConfigError, type FileError } from "../../domain/errors.ts"
import { command } from "../../domain/hints/Command.ts"
import { isRecord, parseJson } from "../../domain/internal/json.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { decodeTokens, type OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { CredentialFiles } from "../platform/CredentialFiles.ts"
import type { Crypto } from "../platform/Crypto.ts"
import type { Locations } from "../platform/Locations.ts"
import { tokenFingerprint } from "../tokens/tokenFamily.ts"
import type { ReadError } from "../tokens/TokenLocation.ts"
import { decode } from "./Bridge.ts"

interface BridgeTokensNow {
  readonly bridge: LoadedBridge
  readonly tokens: OAuthTokens
}

/** A bridge that is read. */
export interface BridgeNow {
  readonly path: string
  /** `None` without a file, and for an account that has no tokens. */
  readonly now: Effect.Effect<Option.Option<BridgeTokensNow>, ConfigError>
}

/** What reading a bridge speaks to. */
export interface BridgeReading {
  readonly files: CredentialFiles["Type"]
  readonly locations: Locations["Type"]
  readonly crypto: Crypto["Type"]
}

export const bridgeTokensNow = ({ crypto, files, locations }: BridgeReading, path: string): BridgeNow["now"] => {
  const bridge = files.read(path).pipe(
    Effect.mapError(ConfigError.fromFile),
    Effect.flatMap((text) => (Option.isNone(text) ? Effect.succeedNone : Effect.asSome(decode(path, text.value))))
  )

  return Effect.gen(function* () {
    const found = yield* bridge
    const own = Option.flatMap(found, ({ file }) => file.tokens)
    if (Option.isNone(found) || Option.isNone(own)) return Option.none<BridgeTokensNow>()
    const from = yield* tokenFingerprint(crypto, own.value.accessToken)
    const cached = yield* cachedTokens(files, locations.bridgeCache(path), from)
    return Option.some({ bridge: found.value, tokens: Option.getOrElse(cached, () => own.value) })
  })
}

/** What was made from the access token with this fingerprint, if the private file holds such tokens. Whatever is wrong with it, it does not count. */
const cachedTokens = (
  files: BridgeReading["files"],
  file: Effect.Effect<string, FileError>,
  from: string
): Effect.Effect<Option.Option<OAuthTokens>> =>
  Effect.flatMap(file, files.read).pipe(
    Effect.option,
    Effect.map((text) => Option.flatMap(Option.flatten(text), (held) => parseCache(held, from)))
  )

const parseCache = (text: string, from: string): Option.Option<OAuthTokens> =>
  Option.flatMap(Either.getRight(parseJson(text)), (json) =>
    isRecord(json) && json["from"] === from ? Either.getRight(decodeTokens(json["tokens"] ?? null)) : Option.none()
  )

/** Whether a bridge is about this account: the name alone could be anybody's. */
export const carries = ({ file }: LoadedBridge, account: OAuthBrowserAccount): boolean =>
  file.account.type === "oauth_browser" && file.account.name === account.name && file.account.region === account.region

export const tokensFor = (
  account: OAuthBrowserAccount,
  { now, path }: BridgeNow
): Effect.Effect<OAuthTokens, ReadError> =>
  Effect.flatMap(now, (found) =>
    Option.match(
      Option.filter(found, ({ bridge }) => carries(bridge, account)),
      { onNone: () => Effect.fail(gone(account, path)), onSome: ({ tokens }) => Effect.succeed(tokens) }
    )
  )

export const exportAgain = ({ name }: OAuthBrowserAccount, path: string) =>
  command`mp account export-bridge --account ${name} --to ${path}`

const gone = (account: OAuthBrowserAccount, path: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `the bridge ${path} does not hold it any more. It is exported again on the machine that has the account.`,
    fixes: [exportAgain(account, path)],
    details: { account: account.name, path }
  })

/**
 * A bridge: one JSON file that carries an account, its tokens and a cursor to a machine that has no
 * configuration of its own.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Account, decodeNamedAccount } from "../account/Account.ts"
import { bridgeIssue, maxBridgeDepth, outOfBounds } from "./bridgeBounds.ts"
import {
  type DecodeIssue,
  decodeWith,
  describeIssues,
  knownKeysOnly,
  optionalKey,
  withMessage
} from "../internal/decode.ts"
import { lenientWorkspaceId, ProjectId } from "../account/identifiers.ts"
import type { ConfigError } from "../errors.ts"
import { isRecord, parseJson } from "../internal/json.ts"
import { lazy } from "../internal/lazy.ts"
import { onDemand } from "../internal/onDemand.ts"
import { decodeTokens, encodeTokens, OAuthTokens } from "../oauth/OAuthTokens.ts"
import { SessionHeaders } from "./SessionHeaders.ts"

/**
 * Version 2 of the bridge, the only one there is a reader for. Its encoded side is the file: unknown keys are refused, and
 * dropped inside of `tokens`. What a browser account has besides is its `tokens`; everything else can be left out.
 *
 * @example
 * ```ts
 * new BridgeFile({ account: new ServiceAccount({ name: AccountName.make("team"), username, secret, region: "us" }) })
 * ```
 * @since 0.1.0
 * @category models
 */
export class BridgeFile extends onDemand(() =>
  Schema.Class<BridgeFile>("BridgeFile")(
    Schema.Struct({
      version: Schema.optionalWith(Schema.Literal(2).annotations(withMessage("must be 2")), {
        default: () => 2 as const
      }),
      account: Account,
      tokens: optionalKey(OAuthTokens, "tokens"),
      project: optionalKey(ProjectId, "project"),
      workspace: optionalKey(lenientWorkspaceId(), "workspace"),
      headers: Schema.optionalWith(SessionHeaders, { default: () => ({}) })
    }).pipe(Schema.filter(bridgeIssue)),
    knownKeysOnly
  )
) {}

/**
 * A bridge and the file it came from.
 * @since 0.1.0
 * @category models
 */
export interface LoadedBridge {
  readonly path: string
  readonly file: BridgeFile
}

/**
 * A bridge file that is there, whatever may be wrong with it.
 * @since 0.1.0
 * @category models
 */
export interface BridgeSource {
  readonly path: string
  readonly content: Either.Either<BridgeFile, ConfigError>
}

/**
 * The bridge files that were found, by where they lie.
 * @since 0.1.0
 * @category models
 */
export interface BridgeSources {
  /** `MP_AUTH_FILE`, where it names a file that does not exist. */
  readonly missing: Option.Option<string>
  /** The one that the user chose: `MP_AUTH_FILE`, else `~/.claude/mixpanel/auth.json`. It stands above `[active]`. */
  readonly chosen: Option.Option<BridgeSource>
  /** `./mixpanel_auth.json`, which may be anybody's: it counts where nothing else gives an account. */
  readonly here: Option.Option<BridgeSource>
}

/**
 * No bridge anywhere.
 * @since 0.1.0
 * @category utilities
 */
export const noBridges: BridgeSources = { missing: Option.none(), chosen: Option.none(), here: Option.none() }

const jsonObject = () =>
  Schema.Record({ key: Schema.String, value: Schema.Unknown }).annotations(withMessage("must be an object"))

const decodeEnvelope = lazy(() =>
  decodeWith(
    Schema.Struct({
      version: Schema.optionalWith(Schema.Literal(2).annotations(withMessage("must be 2")), {
        default: () => 2 as const
      }),
      account: jsonObject(),
      tokens: optionalKey(jsonObject(), "tokens"),
      project: optionalKey(ProjectId, "project"),
      workspace: optionalKey(lenientWorkspaceId(), "workspace"),
      headers: Schema.optionalWith(
        Schema.Record({
          key: Schema.String,
          value: Schema.Redacted(Schema.String.annotations(withMessage("must be a string")))
        }).annotations(withMessage("must be an object of strings")),
        { default: () => ({}) }
      )
    })
  )
)

const decodeHeaders = lazy(() => decodeWith(Schema.typeSchema(SessionHeaders)))

export const readBridge = (text: string): Either.Either<BridgeFile, string> =>
  Either.flatMap(
    Either.mapLeft(parseJson(text, { maxDepth: maxBridgeDepth }), (problem) => `it is ${problem}`),
    (json) => Either.mapLeft(decodeBridge(json), describeIssues)
  )

/** Decodes the parsed JSON of a bridge. Unknown keys are refused, except inside `tokens`. */
export const decodeBridge = (json: unknown): Either.Either<BridgeFile, ReadonlyArray<DecodeIssue>> =>
  Either.gen(function* () {
    yield* sound(outOfBounds(json))
    const envelope = yield* decodeEnvelope()(json)
    const account = yield* under("account", decodeNamedAccount(envelope.account))
    const tokens = yield* Option.match(envelope.tokens, {
      onNone: () => Either.right(Option.none<OAuthTokens>()),
      onSome: (wire) => Either.map(under("tokens", decodeTokens(wire)), Option.some)
    })
    const headers: Readonly<Record<string, Redacted.Redacted>> = yield* under(
      "headers",
      decodeHeaders()(envelope.headers)
    )
    return yield* bridgeOf({ account, tokens, project: envelope.project, workspace: envelope.workspace, headers })
  })

export const bridgeOf = (
  parts: Pick<BridgeFile, "account" | "tokens" | "project" | "workspace" | "headers">
): Either.Either<BridgeFile, ReadonlyArray<DecodeIssue>> =>
  Either.map(sound(bridgeIssue(parts)), () => new BridgeFile(parts))

const sound = (issue: DecodeIssue | undefined): Either.Either<void, ReadonlyArray<DecodeIssue>> =>
  issue === undefined ? Either.void : Either.left([issue])

const under = <A>(key: string, result: Either.Either<A, ReadonlyArray<DecodeIssue>>) =>
  Either.mapLeft(result, (issues) => issues.map((issue) => ({ ...issue, path: [key, ...issue.path] })))

/** The content of a bridge, secrets in clear: keys sorted, nothing absent, `headers` always there. */
export const bridgeText = (bridge: BridgeFile): string =>
  layOut({
    ...Schema.encodeSync(BridgeFile)(bridge),
    tokens: Option.getOrUndefined(Option.map(bridge.tokens, encodeTokens))
  })

/**
 * The text of a bridge with other tokens and everything else as it was; `None` when it is no JSON object, or nested so
 * deeply that it cannot be written again.
 */
export const withTokens = (text: string, tokens: OAuthTokens): Option.Option<string> =>
  Option.flatten(Either.getRight(Either.try(() => Option.map(parsedObject(text), (json) => replacing(json, tokens)))))

const parsedObject = (text: string): Option.Option<Record<string, unknown>> =>
  Option.filter(Either.getRight(parseJson(text)), isRecord)

const replacing = (json: Readonly<Record<string, unknown>>, tokens: OAuthTokens): string => {
  const former = isRecord(json["tokens"]) ? json["tokens"] : {}
  const { client_id: _, refresh_token: __, session: ___, origin: ____, ...kept } = former
  return JSON.stringify({ ...json, tokens: sorted({ ...kept, ...encodeTokens(tokens) }) }, null, 2)
}

/** Whether a bridge can be written again with other tokens: to be asked before the old ones are spent. */
export const canTakeTokens = (text: string): boolean => Option.isSome(withTokens(text, anyTokens()))

const anyTokens = lazy(
  () => new OAuthTokens({ accessToken: Redacted.make("any"), tokenType: "Bearer", scope: "", expiresAt: Option.none() })
)

const layOut = (value: unknown): string => JSON.stringify(sorted(value), null, 2)

const sorted = (value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, item]) => [key, sorted(item)])
      )
    : value

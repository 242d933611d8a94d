import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type BridgeFile, bridgeOf, bridgeText, readBridge } from "../../domain/session/BridgeFile.ts"
import { argument, type Command, command } from "../../domain/hints/Command.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { sourceFor } from "../../domain/config/credentialSources.ts"
import { sourceFailed } from "../../domain/config/sourceFailed.ts"
import { accountNamed } from "../../domain/config/named.ts"
import { type AccountNotFound, ConfigError, NoAccount } from "../../domain/errors.ts"
import type { ProjectId, WorkspaceId } from "../../domain/account/identifiers.ts"
import type { BearerError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { ClaimError, Superseded } from "../../domain/storage/StorageError.ts"
import { type DecodeIssue, describeIssues } from "../../domain/internal/decode.ts"
import { Audit } from "../audit/Audit.ts"
import { ClientStore } from "../oauth/ClientStore.ts"
import { namingClient } from "../oauth/namingClient.ts"
import { BridgeTokens } from "./BridgeTokens.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { sourceProblem } from "../platform/ExternalSecrets.ts"
import { Locations, searched } from "../platform/Locations.ts"
import { CredentialStorage } from "../storage/CredentialStorage.ts"
import type { ReadError } from "../tokens/TokenLocation.ts"
import { tokenOf } from "../tokens/tokenFamily.ts"
import { TokenResolver } from "../tokens/TokenResolver.ts"

/**
 * What to pack. Only what is named here is pinned; the environment plays no part.
 * @since 0.1.0
 * @category models
 */
export interface BridgeRequest {
  /** Where to; `~` is expanded. */
  readonly to: string
  /** The active account unless given. */
  readonly account?: string | undefined
  readonly project?: ProjectId | undefined
  readonly workspace?: WorkspaceId | undefined
  /** `false`: an access token only: the bridge ends with it. */
  readonly refreshToken?: boolean
}

/**
 * A bridge file that was written.
 * @since 0.1.0
 * @category models
 */
export interface WrittenBridge {
  readonly path: string
  readonly file: BridgeFile
}

/**
 * What removing a bridge did.
 * @since 0.1.0
 * @category models
 */
export interface RemovedBridge {
  /** The bridge that was removed; `None` when there was none. */
  readonly path: Option.Option<string>
  /** The account that went on with the bridge's tokens, which were newer than its own. */
  readonly handedBack: Option.Option<string>
}

/**
 * Why a bridge file could not be written.
 * @since 0.1.0
 * @category errors
 */
export type BridgeExportError = AccountNotFound | NoAccount | BearerError | Superseded

/**
 * Writes and removes bridge files, which lend a session to another machine.
 * @since 0.1.0
 * @category services
 */
export class BridgeExport extends Context.Tag("effect-mixpanel/BridgeExport")<
  BridgeExport,
  {
    /**
     * Writes a bridge for an account of the configuration, 0600, with the header of `[settings]`. Tokens
     * that have expired are refreshed before.
     *
     * @example
     * ```ts
     * const { path } = yield* bridges.write({ to: "~/.claude/mixpanel/auth.json", account: "me" })
     * ```
     */
    readonly write: (request: BridgeRequest) => Effect.Effect<WrittenBridge, BridgeExportError>
    /** Removes the bridge at a path, or the one that the search finds. What is no bridge is left as it is. */
    readonly remove: (at?: string) => Effect.Effect<RemovedBridge, ReadError | ClaimError>
  }
>() {}

export const make = Effect.gen(function* () {
  const audit = yield* Audit
  const config = yield* ConfigStore
  const files = yield* CredentialFiles
  const locations = yield* Locations
  const resolver = yield* TokenResolver
  const bridgeTokens = yield* BridgeTokens
  const storage = yield* CredentialStorage
  const clients = yield* ClientStore

  const write = Effect.fn("BridgeExport.write")(function* (request: BridgeRequest) {
    const document = yield* config.get
    const account = yield* accountOf(document, request.account)
    const given = Option.getOrNull(yield* sourceFor(document, account))
    if (given !== null) return yield* sourceFailed(document, account.name, given, staysHere)
    const header = Option.toArray(yield* Config.customHeader(document))
    const headers = Object.fromEntries(header.map(({ name, value }) => [name, value]))
    const project = Option.fromNullable(request.project)
    const workspace = Option.fromNullable(request.workspace)
    const path = yield* locations.resolve(request.to)
    const pack = (tokens: Option.Option<OAuthTokens>) =>
      Effect.gen(function* () {
        const bridge = bridgeOf({ account, tokens, headers, project, workspace })
        const file = yield* Either.mapLeft(bridge, notPortable(account.name, document.path))
        yield* replaceable(path)
        yield* files.write(path, bridgeText(file))
        yield* audit.record({ event: "export", account: account.name, token: tokenOf(account, tokens) })
        return { path, file }
      })
    yield* replaceable(path)
    if (account.type !== "oauth_browser") {
      return (yield* bridgeTokens.replaceBridge(path, pack(Option.none()))).result
    }
    yield* resolver.bearer(account, "config")
    yield* bridgeTokens.replaceBridge(path, Effect.void)
    // Others renew what lies in a store that they share: a copy of the refresh token would be a second spender.
    const refreshable = request.refreshToken !== false && !storage.isShared
    return yield* bridgeTokens.exportTokens(account, { path, refreshable }, (tokens) =>
      Effect.flatMap(namingClient(clients, account.region, tokens), (whole) => pack(Option.some(whole)))
    )
  })

  /** A path has to be free, or hold a bridge. Whatever else is there is not ours to replace or remove. */
  const onlyBridge = (path: string, hint: Command): Effect.Effect<void, ConfigError> =>
    files.read(path).pipe(
      Effect.mapError(({ reason }) => `it ${reason}`),
      Effect.flatMap(Option.match({ onNone: () => Effect.void, onSome: (text) => Effect.asVoid(readBridge(text)) })),
      Effect.mapError((why) => notABridge(path, why, hint))
    )

  const replaceable = (path: string) => onlyBridge(path, command`mv ${path} ${`${path}.aside`}`)

  const removable = (path: string) => onlyBridge(path, command`mp session --bridge`)

  /** A bridge that cannot be read is there all the same. */
  const isThere = (path: string): Effect.Effect<boolean> =>
    Effect.match(files.read(path), { onFailure: () => true, onSuccess: Option.isSome })

  return BridgeExport.of({
    write,
    remove: Effect.fn("BridgeExport.remove")(function* (at) {
      const paths = at === undefined ? searched(yield* locations.bridge) : [yield* locations.resolve(at)]
      const path = yield* Effect.findFirst(paths, isThere)
      if (Option.isNone(path)) return { path, handedBack: Option.none() }
      yield* removable(path.value)
      const remove = Effect.zipRight(removable(path.value), files.remove(path.value))
      const { handedBack, result } = yield* bridgeTokens.replaceBridge(path.value, remove)
      return { path: Option.filter(path, () => result), handedBack }
    })
  })
})

const notABridge = (path: string, why: string, hint: Command) =>
  new ConfigError({
    message: `${path} is left as it is: no bridge can be read there, for ${why}.`,
    hints: [hint],
    details: { path }
  })

const notPortable = (account: string, path: string) => (issues: ReadonlyArray<DecodeIssue>) =>
  new ConfigError({
    message: `Account '${account}' cannot travel in a bridge as ${path} has it: ${describeIssues(issues)}.`,
    hints: [
      issues.some((issue) => issue.path.includes("token_env"))
        ? command`mp account update --token-env MP_BEARER_TOKEN ${argument(account)}`
        : command`mp config show`
    ],
    details: { account, path }
  })

/** Neither the program nor the file is on the other machine; what they answer ends sooner than a bridge. */
const staysHere = sourceProblem(
  "stays on this machine, and no bridge can hold it; `mp broker run -- COMMAND` lends the session to a program here instead"
)

const accountOf = (document: Config.ConfigDocument, asked: string | undefined) => {
  const active = Option.getOrUndefined(Config.activeAccountName(document))
  const name = asked ?? active
  if (name === undefined) return Effect.fail(new NoAccount({ notes: [] }))
  const origin = asked === undefined ? `[active].account in ${document.path}` : "--account"
  return accountNamed(document, name, origin)
}

/**
 * `BridgeExport` over files.
 *
 * @example
 * ```ts
 * const bridgeExport = Layers.bridgeExport.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<
  BridgeExport,
  never,
  Audit | ClientStore | CredentialStorage | ConfigStore | CredentialFiles | Locations | TokenResolver | BridgeTokens
> = Layer.effect(BridgeExport, make)

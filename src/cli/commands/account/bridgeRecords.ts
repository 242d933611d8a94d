import * as Option from "effect/Option"
import { humanTime } from "../../app/humanTime.ts"
import type { Fields } from "../../app/Json.ts"
import type { TerminalText } from "../../app/TerminalText.ts"
import { labelled } from "../../app/table.ts"
import { isoTime } from "./records.ts"
import type { OAuthTokens } from "../../../domain/oauth/OAuthTokens.ts"
import type { BridgeFile } from "../../../domain/session/BridgeFile.ts"

/** A bridge and where it is; the tokens may be newer than those in the file. */
export interface ShownBridge {
  readonly path: string
  readonly file: BridgeFile
  readonly tokens: Option.Option<OAuthTokens>
}

/** `{path, version, account, tokens, project, workspace, headers}`. */
export const bridgeFields = ({ file, path, tokens }: ShownBridge): Fields => ({
  path,
  version: file.version,
  account: { name: file.account.name, type: file.account.type, region: file.account.region },
  tokens: Option.getOrNull(
    Option.map(tokens, ({ expiresAt, refreshToken }) => ({
      included: true,
      refreshable: Option.isSome(refreshToken),
      expires_at: isoTime(expiresAt)
    }))
  ),
  project: Option.getOrNull(file.project),
  workspace: Option.getOrNull(file.workspace),
  headers: Object.keys(file.headers)
})

/** `NAME (type, region)`. */
export const accountPhrase = ({ account }: BridgeFile): string => `${account.name} (${account.type}, ${account.region})`

/** Whether tokens travel, and how long they last. */
export const tokensPhrase = (tokens: Option.Option<OAuthTokens>, now: number): string =>
  Option.match(tokens, {
    onNone: () => "none needed",
    onSome: ({ expiresAt, refreshToken }) =>
      Option.isSome(refreshToken)
        ? "included (refresh-capable)"
        : Option.match(expiresAt, {
            onNone: () => "included (not refresh-capable)",
            onSome: (at) => `included (until ${new Date(at).toISOString()}, ${humanTime(at, now)})`
          })
  })

export const bridgeLines = (bridge: Option.Option<ShownBridge>, now: number): TerminalText =>
  Option.match(bridge, {
    onNone: () => labelled([["Bridge", "none"]]),
    onSome: ({ file, path, tokens }) =>
      labelled([
        ["Bridge", path],
        ["Account", accountPhrase(file)],
        ["Tokens", tokensPhrase(tokens, now)],
        ["Project", Option.getOrElse(file.project, () => "not pinned")],
        ["Workspace", Option.match(file.workspace, { onNone: () => "not pinned", onSome: String })],
        ["Headers", Object.keys(file.headers).join(", ") || "none"]
      ])
  })

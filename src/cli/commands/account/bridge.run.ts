import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { BridgeExport, type BridgeRequest, make } from "../../../services/bridge/BridgeExport.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { CredentialStorage } from "../../../services/storage/CredentialStorage.ts"
import type { BridgeFile } from "../../../domain/session/BridgeFile.ts"
import { Globals } from "../../app/Globals.ts"
import { invalid } from "../../app/invalid.ts"
import { done, notice } from "../../app/output.ts"
import { accountPhrase, bridgeFields, tokensPhrase } from "./bridgeRecords.ts"

type Pinned = Pick<BridgeRequest, "account" | "project" | "workspace">

/** What the flags say; a target stands for all three. Variables play no part. */
const pinned = Effect.gen(function* () {
  const { account, project, target, workspace } = yield* Globals
  const saved = Option.isNone(target) ? undefined : yield* (yield* Targets).show(target.value)
  const values: Pinned = {
    account: saved?.account ?? Option.getOrUndefined(account),
    project: saved?.project ?? Option.getOrUndefined(project),
    workspace: Option.getOrUndefined(saved?.workspace ?? workspace)
  }
  return values
})

const checkedPath = (flag: string, path: string) =>
  path === ""
    ? Either.left(invalid(`--${flag} needs a path.`, { flags: [[flag, "mixpanel_auth.json"]] }))
    : Either.right(path)

export const write = (flags: { readonly to: string; readonly noRefreshToken: boolean }) =>
  Effect.gen(function* () {
    const to = yield* checkedPath("to", flags.to)
    const bridges = yield* BridgeExport
    const written = yield* bridges.write({ ...(yield* pinned), to, refreshToken: !flags.noRefreshToken })
    const { file, path } = written
    yield* done(
      [
        `Wrote bridge: ${path}`,
        `Account: ${accountPhrase(file)}`,
        `Tokens: ${tokensPhrase(file.tokens, yield* Clock.currentTimeMillis)}`
      ],
      bridgeFields({ ...written, tokens: file.tokens })
    )
    yield* notice(`${handedOver(file)} mp broker lends the session to another program without handing anything over.`)
    if (file.account.type === "oauth_browser" && !flags.noRefreshToken && (yield* CredentialStorage).isShared) {
      yield* notice(
        "The refresh token stays in the store that machines share, where one of them spends it for all: the bridge ends with its access token."
      )
    }
    if (file.account.type === "oauth_token" && Option.isSome(file.account.tokenEnv)) {
      yield* notice(
        `The bridge holds only the name of the variable ${file.account.tokenEnv.value}: set it where the bridge is used.`
      )
    }
  }).pipe(Effect.provideServiceEffect(BridgeExport, make))

/** What whoever reads the file has. */
const handedOver = ({ account, tokens }: BridgeFile): string => {
  if (account.type === "service_account") return "The bridge holds the user name and the secret of the service account."
  if (account.type === "oauth_token") return "The bridge holds a bearer, or the name of its variable."
  return Option.exists(tokens, ({ refreshToken }) => Option.isSome(refreshToken))
    ? "The bridge holds a refresh token: whoever has it has the login until it is ended."
    : "The bridge holds an access token, which ends by itself."
}

export const remove = (flags: { readonly at: Option.Option<string> }) =>
  Effect.gen(function* () {
    const at = yield* Either.transposeMapOption(flags.at, (path) => checkedPath("at", path))
    const bridges = yield* BridgeExport
    const { handedBack, path } = yield* bridges.remove(Option.getOrUndefined(at))
    yield* done(
      [Option.match(path, { onNone: () => "There is no bridge to remove.", onSome: (p) => `Removed bridge: ${p}` })],
      { path: Option.getOrNull(path), removed: Option.isSome(path), handed_back_to: Option.getOrNull(handedBack) }
    )
    if (Option.isSome(handedBack)) {
      yield* notice(`Account '${handedBack.value}' now uses the tokens of the bridge, which were newer than its own.`)
    }
  }).pipe(Effect.provideServiceEffect(BridgeExport, make))

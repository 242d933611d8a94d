/** What `mp account export-bridge` and `mp account remove-bridge` do. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../../domain/errors.ts"
import { BridgeExport, type BridgeRequest, make as makeBridgeExport } from "../../../services/bridge/BridgeExport.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { accountPhrase, bridgeFields, tokensPhrase } from "./bridgeRecords.ts"
import { Globals } from "../../app/Globals.ts"
import { done, notice } from "../../app/output.ts"

type Pinned = Pick<BridgeRequest, "account" | "project" | "workspace">

/** What the flags say; a target stands for all three. Variables play no part. */
const pinned = Effect.gen(function* () {
  const { account, project, target, workspace } = yield* Globals
  const values: Pinned = {
    account: Option.getOrUndefined(account),
    project: Option.getOrUndefined(project),
    workspace: Option.getOrUndefined(workspace)
  }
  if (Option.isNone(target)) return values
  const targets = yield* Targets
  const saved = yield* targets.show(target.value)
  const fromTarget: Pinned = {
    account: saved.account,
    project: saved.project,
    workspace: Option.getOrUndefined(saved.workspace)
  }
  return fromTarget
})

const nonEmpty = (flag: string, path: string): Effect.Effect<string, InvalidArgument> =>
  path === ""
    ? Effect.fail(
        new InvalidArgument({
          message: `${flag} needs a path.`,
          hints: [],
          again: [{ flags: [[flag.slice(2), "mixpanel_auth.json"]] }]
        })
      )
    : Effect.succeed(path)

export const exportBridge = (flags: { readonly to: string; readonly noRefreshToken: boolean }) =>
  Effect.gen(function* () {
    const to = yield* nonEmpty("--to", flags.to)
    const bridges = yield* BridgeExport
    const written = yield* bridges.write({ ...(yield* pinned), to, refreshToken: !flags.noRefreshToken })
    const { file, path } = written
    yield* done(
      [`Wrote bridge: ${path}`, `Account: ${accountPhrase(file)}`, `Tokens: ${tokensPhrase(file.tokens)}`],
      bridgeFields({ ...written, tokens: file.tokens })
    )
    if (file.account.type === "oauth_token" && Option.isSome(file.account.tokenEnv)) {
      yield* notice(
        `The bridge holds only the name of the variable ${file.account.tokenEnv.value}: it must be set over there.`
      )
    }
  }).pipe(Effect.provideServiceEffect(BridgeExport, makeBridgeExport))

export const removeBridge = (flags: { readonly at: Option.Option<string> }) =>
  Effect.gen(function* () {
    const at = Option.isNone(flags.at) ? undefined : yield* nonEmpty("--at", flags.at.value)
    const bridges = yield* BridgeExport
    const { handedBack, path } = yield* bridges.remove(at)
    yield* done(
      [Option.match(path, { onNone: () => "There is no bridge to remove.", onSome: (p) => `Removed bridge: ${p}` })],
      { path: Option.getOrNull(path), removed: Option.isSome(path), handed_back_to: Option.getOrNull(handedBack) }
    )
    if (Option.isSome(handedBack)) {
      yield* notice(`Account '${handedBack.value}' goes on with the bridge's tokens, which were newer than its own.`)
    }
  }).pipe(Effect.provideServiceEffect(BridgeExport, makeBridgeExport))

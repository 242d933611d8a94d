/** What `mp account export-bridge` does. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { BridgeExport, type BridgeRequest, make as makeBridgeExport } from "../../../services/bridge/BridgeExport.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { accountPhrase, bridgeFields, tokensPhrase } from "./bridgeRecords.ts"
import { givenPath } from "./givenPath.ts"
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

export const run = (flags: { readonly to: string; readonly noRefreshToken: boolean }) =>
  Effect.gen(function* () {
    const to = yield* givenPath("--to", flags.to)
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

/** `mp account export-bridge` and `mp account remove-bridge`. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { InvalidArgument } from "../../domain/errors.ts"
import { BridgeExport, type BridgeRequest } from "../../services/BridgeExport.ts"
import { Targets } from "../../services/Targets.ts"
import { accountPhrase, bridgeFields, tokensPhrase } from "../BridgeRecords.ts"
import { leaf } from "../CommandTree.ts"
import * as Flag from "../Flag.ts"
import { Globals } from "../Globals.ts"
import { done, notice } from "../Output.ts"

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
        new InvalidArgument({ message: `${flag} needs a path.`, hints: [`${flag} ~/.claude/mixpanel/auth.json`] })
      )
    : Effect.succeed(path)

export const exportBridge = leaf(
  {
    name: "export-bridge",
    summary: "write an account and its credential to a file for another machine",
    flags: {
      to: Flag.required("to", "PATH", { description: "the file to write, such as ~/.claude/mixpanel/auth.json" }),
      noRefreshToken: Flag.toggle("no-refresh-token", {
        description: "leave the refresh token out: the file is worth nothing once the access token expires"
      })
    },
    globals: {
      account: "account to export, instead of the active one",
      project: "project to pin in the bridge",
      workspace: "workspace to pin in the bridge",
      target: "saved target to take all three from"
    },
    examples: [
      "mp account export-bridge --to ~/.claude/mixpanel/auth.json",
      "mp account export-bridge --to auth.json --account me --project 3018488 --no-refresh-token"
    ]
  },
  (flags) =>
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
    })
)

export const removeBridge = leaf(
  {
    name: "remove-bridge",
    summary: "delete a bridge; by default the one that is in force",
    flags: { at: Flag.optional("at", "PATH", { description: "the file to delete" }) },
    examples: ["mp account remove-bridge", "mp account remove-bridge --at ./mixpanel_auth.json"]
  },
  (flags) =>
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
    })
)

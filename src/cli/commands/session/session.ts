import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { LoadedBridge } from "../../../domain/session/BridgeFile.ts"
import type { Candidate, Resolution } from "../../../domain/session/Resolution.ts"
import { Bridge } from "../../../services/bridge/Bridge.ts"
import { BridgeTokens } from "../../../services/bridge/BridgeTokens.ts"
import { declare } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { addressCandidates } from "./addressCandidates.ts"
import { bridgeFields, bridgeLines, type ShownBridge } from "../account/bridgeRecords.ts"
import type { Fields } from "../../app/Json.ts"
import { type Look, table } from "../../app/table.ts"
import type { TerminalText } from "../../app/TerminalText.ts"
import { type Extra, showSession } from "./showSession.ts"

type Addresses = ReadonlyArray<Candidate>

const explainFields = ({ explain }: Resolution, addresses: Addresses): Fields => ({
  account: explain.account.map(candidateFields),
  project: explain.project.map(candidateFields),
  workspace: explain.workspace.map(candidateFields),
  ...(addresses.length === 0 ? {} : { address: addresses.map(candidateFields) })
})

export const candidateFields = ({ origin, reason, source, status, value }: Candidate): Fields => ({
  source,
  origin,
  value,
  status,
  reason
})

const explainText = ({ explain }: Resolution, addresses: Addresses, look: Look): TerminalText =>
  table(
    [
      ["AXIS", "", "VALUE", "SOURCE", "ORIGIN", "STATUS"],
      ...Object.entries({ ...explain, address: addresses }).flatMap(([axis, candidates]) =>
        candidates.map(({ origin, reason, source, status, value }) => [
          axis,
          status === "used" ? "*" : " ",
          value,
          source,
          origin,
          reason === null ? status : `${status}: ${reason}`
        ])
      )
    ],
    look
  )

interface Flags {
  readonly explain: boolean
  readonly bridge: boolean
}

/** What was asked for beside the session. */
const extrasFor = (flags: Flags) => (resolved: Resolution) =>
  Effect.gen(function* () {
    return [
      ...(flags.explain ? [explaining(resolved, yield* addressCandidates)] : []),
      ...(flags.bridge ? [bridgeExtra(yield* shownBridge(resolved), yield* Clock.currentTimeMillis)] : [])
    ]
  })

const explaining = (resolved: Resolution, addresses: Addresses): Extra => ({
  fields: { explain: explainFields(resolved, addresses) },
  text: (look) => explainText(resolved, addresses, look)
})

const bridgeExtra = (bridge: Option.Option<ShownBridge>, now: number): Extra => ({
  fields: { bridge: Option.getOrNull(Option.map(bridge, bridgeFields)) },
  text: () => bridgeLines(bridge, now)
})

/** The bridge that the user chose or that the account comes from, with the tokens that it would use now. */
const shownBridge = ({ identity }: Resolution) =>
  Effect.gen(function* () {
    const { find, sources } = yield* Bridge
    const { chosen } = yield* sources
    const isUsed = Either.match(identity, { onLeft: () => false, onRight: ({ origin }) => origin === "bridge" })
    const bridge = Option.isSome(chosen) || isUsed ? yield* find : Option.none<LoadedBridge>()
    if (Option.isNone(bridge)) return Option.none<ShownBridge>()
    const { file, path } = bridge.value
    const { account } = file
    if (account.type !== "oauth_browser") return Option.some<ShownBridge>({ path, file, tokens: Option.none() })
    const tokens = yield* Effect.flatMap(BridgeTokens, ({ ofBridge }) => Effect.option(ofBridge(account, path).read))
    return Option.some<ShownBridge>({ path, file, tokens })
  })

export const session = declare(
  "session",
  {
    summary: "show the session that a command run now would use",
    examples: ["mp session", "mp session --explain", "mp session --bridge", "mp --target ecom session --format json"]
  },
  {
    explain: flag("explain", { description: "show every source of account, project and workspace, and which one won" }),
    bridge: flag("bridge", { description: "show the bridge in use, without its secrets" })
  },
  (flags) => showSession(extrasFor(flags))
)

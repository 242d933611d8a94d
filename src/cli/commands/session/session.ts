/** `mp session`: the session that a command run now would use, and why. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { LoadedBridge } from "../../../domain/session/BridgeFile.ts"
import { type Candidate, type Resolution, toSession } from "../../../domain/session/Resolution.ts"
import type { Session } from "../../../domain/session/Session.ts"
import { nameAndId, type SessionNames } from "../../../domain/session/SessionNames.ts"
import { Bridge } from "../../../services/bridge/Bridge.ts"
import { BridgeTokens } from "../../../services/bridge/BridgeTokens.ts"
import { declare } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { addressCandidates } from "./addressCandidates.ts"
import { bridgeFields, bridgeLines, type ShownBridge } from "../account/bridgeRecords.ts"
import { record } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { labelled, type Look, table } from "../../app/table.ts"
import { resolution, sessionNames } from "../../app/sessionFor.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"

export const sessionFields = (session: Session, names: SessionNames): Fields => ({
  account: { name: session.account.name, type: session.account.type, region: session.region },
  project: { id: session.projectId, name: names.project, organization: names.organization },
  workspace: Option.match(session.workspaceId, { onNone: () => null, onSome: (id) => ({ id, name: names.workspace }) }),
  user: names.email === null ? null : { email: names.email },
  headers: Object.keys(session.headers),
  me_cached: names.known
})

/** What there is to show of a session that did not resolve: the same fields, empty. */
const noSession: Fields = { account: null, project: null, workspace: null, user: null, headers: [], me_cached: false }

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

/** `Name (id) [organization: NAME]`. */
export const projectText = ({ projectId }: Session, { organization, project }: SessionNames): string =>
  nameAndId(project, projectId) + (organization === null ? "" : ` [organization: ${organization}]`)

export const workspaceText = ({ workspaceId }: Session, { workspace }: SessionNames): string =>
  Option.match(workspaceId, { onNone: () => "resolved on first use", onSome: (id) => nameAndId(workspace, id) })

const sessionText = (session: Session, names: SessionNames): TerminalText => {
  const headers = Object.keys(session.headers)
  return labelled([
    ["Account", `${session.account.name} (${session.account.type}, ${session.region})`],
    ["Project", projectText(session, names)],
    ["Workspace", workspaceText(session, names)],
    ...(names.email === null ? [] : [["User", names.email] as const]),
    ...(headers.length === 0 ? [] : [["Headers", headers.join(", ")] as const])
  ])
}

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

interface Shown {
  readonly explain: boolean
  readonly bridge: boolean
}

/** Shows the session, and what else was asked for. */
export const showSession = (flags: Shown) =>
  Effect.gen(function* () {
    const resolved = yield* resolution
    const extras = [
      ...(flags.explain ? [explaining(resolved, yield* addressCandidates)] : []),
      ...(flags.bridge ? [bridgeExtra(yield* shownBridge(resolved), yield* Clock.currentTimeMillis)] : [])
    ]
    const session = yield* Effect.tapError(toSession(resolved), () =>
      extras.length === 0 ? Effect.void : show(noSession, [], extras)
    )
    const names = yield* sessionNames(session)
    yield* show(sessionFields(session, names), [sessionText(session, names)], extras)
  })

/** What a flag adds to the session: fields, and a block of text. */
interface Extra {
  readonly fields: Fields
  readonly text: (look: Look) => TerminalText
}

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

const show = (fields: Fields, blocks: ReadonlyArray<TerminalText>, extras: ReadonlyArray<Extra>) =>
  record(
    extras.reduce<Fields>((all, extra) => ({ ...all, ...extra.fields }), fields),
    {
      table: (look) => TerminalText.join([...blocks, ...extras.map((extra) => extra.text(look))], text`\n`)
    }
  )

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
  function* (flags) {
    yield* showSession(flags)
  }
)

/** `mp session`: the session that a command run now would use, and why. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Candidate, type Resolution, toSession } from "../../domain/Resolution.ts"
import type { Session } from "../../domain/Session.ts"
import { nameAndId, type SessionNames } from "../../domain/SessionNames.ts"
import { leaf } from "../CommandTree.ts"
import * as Flag from "../Flag.ts"
import { type Fields, labelled, record, table } from "../Output.ts"
import { resolution, sessionNames } from "../Resolved.ts"

const sessionFields = (session: Session, names: SessionNames): Fields => ({
  account: { name: session.account.name, type: session.account.type, region: session.region },
  project: { id: session.projectId, name: names.project, organization: names.organization },
  workspace: Option.match(session.workspaceId, { onNone: () => null, onSome: (id) => ({ id, name: names.workspace }) }),
  user: names.email === null ? null : { email: names.email },
  headers: Object.keys(session.headers)
})

/** What there is to show of a session that did not resolve: the same fields, empty. */
const noSession: Fields = { account: null, project: null, workspace: null, user: null, headers: [] }

const explainFields = ({ explain }: Resolution): Fields => ({
  account: explain.account.map(candidateFields),
  project: explain.project.map(candidateFields),
  workspace: explain.workspace.map(candidateFields)
})

const candidateFields = ({ origin, reason, source, status, value }: Candidate): Fields => ({
  source,
  origin,
  value,
  status,
  reason
})

const sessionText = (session: Session, names: SessionNames): string => {
  const organization = names.organization === null ? "" : ` [organization: ${names.organization}]`
  const headers = Object.keys(session.headers)
  return labelled([
    ["Account", `${session.account.name} (${session.account.type}, ${session.region})`],
    ["Project", nameAndId(names.project, session.projectId) + organization],
    [
      "Workspace",
      Option.match(session.workspaceId, {
        onNone: () => "resolved on first use",
        onSome: (id) => nameAndId(names.workspace, id)
      })
    ],
    ...(names.email === null ? [] : [["User", names.email] as const]),
    ...(headers.length === 0 ? [] : [["Headers", headers.join(", ")] as const])
  ])
}

const explainText = ({ explain }: Resolution): string =>
  table([
    ["AXIS", "", "VALUE", "SOURCE", "ORIGIN", "STATUS"],
    ...Object.entries(explain).flatMap(([axis, candidates]) =>
      candidates.map(({ origin, reason, source, status, value }) => [
        axis,
        status === "used" ? "*" : " ",
        value,
        source,
        origin,
        reason === null ? status : `${status}: ${reason}`
      ])
    )
  ])

export const session = leaf(
  {
    name: "session",
    summary: "show the session that a command run now would use",
    flags: { explain: Flag.toggle("explain", { description: "show every source of every axis, and which one won" }) },
    examples: ["mp session", "mp session --explain", "mp --target ecom session --format json"]
  },
  (flags) =>
    Effect.gen(function* () {
      const resolved = yield* resolution
      const explained = flags.explain ? Option.some(resolved) : Option.none()
      const session = yield* Effect.tapError(toSession(resolved), () =>
        Option.isSome(explained) ? show(noSession, "", explained) : Effect.void
      )
      const names = yield* sessionNames(session)
      yield* show(sessionFields(session, names), sessionText(session, names), explained)
    })
)

const show = (fields: Fields, text: string, explained: Option.Option<Resolution>) =>
  Option.match(explained, {
    onNone: () => record(fields, { table: () => text }),
    onSome: (resolved) =>
      record(
        { ...fields, explain: explainFields(resolved) },
        { table: () => `${text}\n${explainText(resolved)}`.trimStart() }
      )
  })

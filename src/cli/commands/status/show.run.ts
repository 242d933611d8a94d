import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { BudgetState } from "../../../domain/budget/QueryLog.ts"
import { newCredential } from "../../../domain/hints/newCredential.ts"
import type { OAuthTokens } from "../../../domain/oauth/OAuthTokens.ts"
import { type Candidate, type Resolution, toSession } from "../../../domain/session/Resolution.ts"
import type { Session } from "../../../domain/session/Session.ts"
import type { SessionNames } from "../../../domain/session/SessionNames.ts"
import { Bridge } from "../../../services/bridge/Bridge.ts"
import { BridgeTokens } from "../../../services/bridge/BridgeTokens.ts"
import { type AccountDetails, Accounts } from "../../../services/config/Accounts.ts"
import { placeOf } from "../../../services/tokens/bearerAtHand.ts"
import { knownQueries, queryFields, queryPhrase } from "./queries.ts"
import { humanTime, isoAndHuman } from "../../app/humanTime.ts"
import { record } from "../../app/output.ts"
import { resolution, sessionNames } from "../../app/sessionFor.ts"
import { labelled, type Look, table } from "../../app/table.ts"
import { lines, TerminalText, text } from "../../app/TerminalText.ts"
import { checkFields, isoTime } from "../account/records.ts"
import { addressCandidates } from "../session/addressCandidates.ts"
import { candidateFields } from "../session/session.ts"
import { projectText, sessionFields, workspaceText } from "../session/showSession.ts"

interface Status {
  readonly session: Session
  readonly names: SessionNames
  readonly sources: Readonly<Record<string, ReadonlyArray<Candidate>>>
  readonly details: AccountDetails
  readonly tokens: Option.Option<OAuthTokens>
  readonly verified: Option.Option<{ readonly at: number; readonly ok: boolean }>
  readonly queries: Option.Option<BudgetState>
  readonly now: number
}

/** `answer`: what the server said just now, where it was asked. */
export const showStatus = (resolved: Resolution, answer?: boolean) =>
  Effect.gen(function* () {
    const session = yield* toSession(resolved)
    const { account, origin } = session
    const details = yield* Effect.flatMap(Accounts, ({ describe }) => describe(account, origin))
    const now = yield* Clock.currentTimeMillis
    const places = { bridges: yield* Bridge, tokens: yield* BridgeTokens }
    const status: Status = {
      session,
      details,
      now,
      queries: yield* knownQueries(session),
      names: yield* sessionNames(session),
      sources: { ...resolved.explain, address: yield* addressCandidates },
      tokens:
        account.type === "oauth_browser"
          ? yield* Effect.option(Effect.flatMap(placeOf(places, account, origin), ({ read }) => read))
          : Option.none(),
      verified: answer === undefined ? details.lastTest : Option.some({ at: now, ok: answer })
    }
    yield* record(fieldsOf(status), { table: (look) => page(status, look) })
  })

export function* run() {
  yield* showStatus(yield* resolution)
}

/** What was given and did not win with another value; bridges always, and addresses that replace Mixpanel's own. */
const overridden = ({ sources }: Status) =>
  Object.entries(sources).flatMap(([axis, candidates]) => {
    const used = candidates.find(({ status }) => status === "used")
    return candidates
      .filter(({ source, status, value }) =>
        status === "used" ? axis === "address" : source === "bridge" || value !== used?.value
      )
      .map((candidate) => ({ axis, candidate, by: candidate === used ? null : (used?.origin ?? null) }))
  })

const fieldsOf = (status: Status) => {
  const { account, project, workspace } = sessionFields(status.session, status.names)
  return {
    account: account ?? null,
    project: project ?? null,
    workspace: workspace ?? null,
    verified: checkFields(status.verified),
    expires_at: isoTime(Option.flatMap(status.tokens, ({ expiresAt }) => expiresAt)),
    ...Option.match(status.queries, { onNone: () => ({}), onSome: (known) => ({ queries: queryFields(known) }) }),
    overrides: overridden(status).map(({ axis, by, candidate }) => ({ axis, ...candidateFields(candidate), by }))
  }
}

const page = (status: Status, look: Look): TerminalText => {
  const { names, session, sources } = status
  const { account, origin } = session
  const from = (axis: string): string => sources[axis]?.find((one) => one.status === "used")?.origin ?? ""
  const passedOver = overridden(status).map(
    ({ axis, by, candidate }) =>
      text`  ${`${axis} ${candidate.value} (${candidate.origin}): ${candidate.reason ?? "in place of Mixpanel's own"}${by === null ? "" : ` (${by})`}`}`
  )
  return TerminalText.join(
    [
      table(
        [
          ["", "NOW", "FROM"],
          ["account", `${account.name} (${account.type})`, from("account")],
          ["region", session.region, origin === "config" ? `account '${account.name}'` : from("account")],
          ["project", projectText(session, names), from("project")],
          ["workspace", workspaceText(session, names), from("workspace")],
          ...(names.email === null ? [] : [["user", names.email, "/me"]])
        ],
        look
      ),
      labelled([
        ["Verified", verifiedPhrase(status)],
        ["Expires", expiryPhrase(status)],
        ...Option.toArray(Option.map(status.queries, (known) => ["Queries", queryPhrase(known)] as const))
      ]),
      ...(passedOver.length === 0 ? [] : [lines(["Not used, or replaced:", ...passedOver])])
    ],
    text`\n`
  )
}

const verifiedPhrase = ({ details, now, verified }: Status): string =>
  Option.match(verified, {
    onNone: () => "not yet (mp status --check asks the server)",
    onSome: ({ at, ok }) => {
      const refused = !ok && Option.exists(details.lastTest, (last) => last.refused)
      const what = ok ? "by /me" : refused ? "refused" : "not answered"
      return `${what}, ${isoAndHuman(at, now)}${refused ? `: ${newCredential(details.account)}` : ""}`
    }
  })

/** How long the credential lasts, and what comes then. */
const expiryPhrase = ({ details, now, tokens }: Status): string => {
  const { account, status } = details
  if (account.type === "service_account") return "never, for a service account"
  if (account.type === "oauth_token") return "not known: a bearer does not say when"
  if (Option.isNone(tokens)) return `there is no login: ${newCredential(account)}`
  if (status === "needs_login") return `the login has ended: ${newCredential(account)}`
  const { expiresAt, refreshToken } = tokens.value
  const when = Option.match(expiresAt, {
    onNone: () => "not known: the server decides",
    onSome: (at) => humanTime(at, now)
  })
  return Option.isSome(refreshToken) ? `${when}, and is refreshed automatically` : when
}

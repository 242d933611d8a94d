/** The variables of a program that works through a broker: where it is, and nothing that the broker keeps for itself. */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { otherSecrets } from "../../domain/session/bridgeBounds.ts"
import type { Session } from "../../domain/session/Session.ts"
import { storeVariables } from "../../domain/storage/storeVariables.ts"
import { type ChildVariables, identityVariables, placeVariables } from "../session/ChildEnvironment.ts"
import type { LoopbackBroker } from "./Broker.ts"
import type { BrokerMode } from "./BrokerOptions.ts"

interface Reached extends LoopbackBroker {
  readonly mode: BrokerMode
}

/** What would lead past the broker, or give away what it does not. */
const others: ReadonlyArray<string> = [
  ...otherSecrets,
  ...storeVariables,
  "MP_PROJECT_TOKEN",
  "MP_CUSTOM_HEADER_NAME",
  "MP_AUTH_FILE",
  "MP_APP_BASE_URL",
  "MP_BROKER_URL",
  "MP_BROKER_TOKEN"
]

export const guestVariables = (session: Session, { mode, token, url }: Reached): ChildVariables => {
  const set: ChildVariables["set"] =
    mode === "proxy"
      ? [["MP_API_BASE_URL", Redacted.make(url)], ["MP_OAUTH_TOKEN", token], ...placeVariables(session)]
      : [
          ["MP_BROKER_URL", Redacted.make(url)],
          ["MP_BROKER_TOKEN", token]
        ]
  const names = new Set(set.map(([name]) => name))
  const removed = [...identityVariables, ...others, ...ownVariable(session)].filter((name) => !names.has(name))
  return { set, removed }
}

/** The variable that an account names holds its bearer. */
const ownVariable = ({ account }: Session): ReadonlyArray<string> =>
  account.type === "oauth_token" ? Option.toArray(account.tokenEnv) : []

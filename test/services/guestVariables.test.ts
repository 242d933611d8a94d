/** What the guest of a broker is told by variables: nothing that the broker keeps for itself. */
import { expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import { ServiceAccount } from "#src/domain/account/Account.ts"
import { AccountName, ProjectId } from "#src/domain/account/identifiers.ts"
import { knownVariables } from "#src/domain/doctor/variables.ts"
import { Project, Session } from "#src/domain/session/Session.ts"
import { otherSecrets } from "#src/domain/session/bridgeBounds.ts"
import { guestVariables } from "#src/services/broker/guestVariables.ts"

const session = new Session({
  account: new ServiceAccount({
    name: AccountName.make("team"),
    region: "us",
    username: "team.user",
    secret: Redacted.make("a-secret")
  }),
  project: new Project({ id: ProjectId.make("3018488") })
})

/** Where files of the user are: a guest on the same machine can look for them by itself. */
const files = ["MP_CONFIG_PATH", "MP_STORAGE_DIR", "MP_OAUTH_STORAGE_DIR"]

describe.each([
  ["proxy", files],
  // A bearer is used where the user would use it.
  ["token", ["MP_API_BASE_URL", ...files]]
] as const)("the variables of a guest, in mode %s", (mode, stays) => {
  const { removed, set } = guestVariables(session, { mode, url: "http://127.0.0.1:1", token: Redacted.make("t") })
  const decided = new Set([...removed, ...set.map(([name]) => name)])

  it("decide each variable of mp: it is removed, or says what the broker says", () => {
    const left = [...knownVariables, ...otherSecrets].filter((name) => name.startsWith("MP_") && !decided.has(name))
    expect(left).toEqual(stays)
  })
})

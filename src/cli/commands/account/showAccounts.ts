/** All accounts as a command shows them. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Identity } from "../../../domain/session/Caller.ts"
import { environmentCredentials } from "../../../domain/session/Environment.ts"
import { MeCache } from "../../../services/api/MeCache.ts"
import { Bridge } from "../../../services/bridge/Bridge.ts"
import type { AccountReading } from "../../../services/config/accountReading.ts"
import { CredentialFiles } from "../../../services/platform/CredentialFiles.ts"
import { environment } from "../../../services/platform/environment.ts"
import { Locations } from "../../../services/platform/Locations.ts"
import { CredentialStorage } from "../../../services/storage/CredentialStorage.ts"
import { storedFor } from "../../../services/tokens/storedAccounts.ts"
import { brokenRecord, summaryRecord } from "./records.ts"
import { Globals } from "../../app/Globals.ts"
import { list as showList, mark, notices } from "../../app/output.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"

const beginnings = TerminalText.join(
  [
    "No accounts are configured. Three ways to begin:",
    "  mp login",
    "  mp account add team --type service_account --username USER",
    "  mp account add ci --type oauth_token --token-env MP_CI_TOKEN"
  ],
  text`\n`
)

const columns = ["name", "type", "region", "status", "is_active", "referenced_by_targets"]

/** Accounts that are not in the configuration; variables or bridges that cannot be used are told where they would be. */
const elsewhere = (alone: boolean) =>
  Effect.gen(function* () {
    const fromEnvironment = Option.match(yield* Effect.option(environment), {
      onNone: () => [],
      onSome: (variables) =>
        environmentCredentials(variables).flatMap(({ credential }) => Option.toArray(Either.getRight(credential)))
    })
    const bridges = yield* Effect.option(Effect.flatMap(Bridge, ({ sources }) => sources))
    const bridge = Option.flatMap(bridges, ({ chosen, here }) => (alone ? Option.orElse(chosen, () => here) : chosen))
    const fromBridge = Option.flatMap(bridge, ({ content }) => Either.getRight(content))
    return [
      ...fromEnvironment.map((account): Identity => ({ account, origin: "environment" })),
      ...Option.toArray(fromBridge).map(({ account }): Identity => ({ account, origin: "bridge" }))
    ]
  })

export const showAccounts = Effect.fnUntraced(function* (accounts: AccountReading) {
  const cache = yield* MeCache
  const { format } = yield* Globals
  const isTable = Option.getOrElse(format, () => "table") === "table"
  const configured = yield* accounts.list
  const others = yield* Effect.forEach(yield* elsewhere(configured.length === 0), ({ account, origin }) =>
    Effect.map(accounts.describe(account, origin), (details) => summaryRecord(details, origin, Option.none()))
  )
  // A person is not shown what /me said: it is read for programs only.
  const asked = isTable ? [] : Arr.getRights(configured).map(({ account }) => account)
  const places = yield* Effect.all({ files: CredentialFiles, locations: Locations, storage: CredentialStorage })
  const said = yield* storedFor(places, asked, (account) => cache.names({ account, origin: "config" }))
  const known = configured.map((entry) =>
    Either.isLeft(entry)
      ? brokenRecord(entry.left)
      : summaryRecord(entry.right, "config", Option.fromNullable(said.get(entry.right.account.name)))
  )
  yield* showList([...known, ...others], {
    columns: [
      ...columns,
      ...(isTable ? [] : ["user_email", "project_id", "project_name"]),
      ...(isTable && others.length === 0 ? [] : ["origin"])
    ],
    headings: { is_active: "ACTIVE", referenced_by_targets: "TARGETS" },
    empty: beginnings,
    cell: mark("is_active")
  })
  yield* notices(Arr.getLefts(configured).map(({ problem }) => problem.message))
})

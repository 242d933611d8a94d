/** `mp account list`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Accounts } from "../../../services/config/Accounts.ts"
import { brokenRecord, summaryRecord } from "./records.ts"
import { declare } from "../../app/declare.ts"
import { list as showList, mark, notices } from "../../app/output.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"

const beginnings = TerminalText.join(
  [
    "No accounts are configured. Three ways to begin:",
    "  mp account add team --type service_account --username USER --project ID --region us",
    "  mp account add me --type oauth_browser --region us && mp account login me",
    "  mp account add ci --type oauth_token --token-env MP_CI_TOKEN --project ID --region us"
  ],
  text`\n`
)

export const accountList = Effect.gen(function* () {
  const accounts = yield* Accounts
  const entries = yield* accounts.list
  yield* showList(entries.map(Either.match({ onLeft: brokenRecord, onRight: summaryRecord })), {
    columns: ["name", "type", "region", "status", "is_active", "referenced_by_targets"],
    headings: { is_active: "ACTIVE", referenced_by_targets: "TARGETS" },
    empty: beginnings,
    cell: mark("is_active")
  })
  yield* notices(entries.flatMap((entry) => (Either.isLeft(entry) ? [entry.left.problem.message] : [])))
})

export const list = declare(
  "list",
  {
    summary: "list all accounts, the active one marked *",
    examples: ["mp account list", "mp account list --format json | jq -r '.[].name'"]
  },
  {},
  function* () {
    yield* accountList
  }
)

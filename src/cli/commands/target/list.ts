import * as Either from "effect/Either"
import { Targets } from "../../../services/config/Targets.ts"
import { declare } from "../../app/declare.ts"
import { list as showList, notices } from "../../app/output.ts"
import { text } from "../../app/TerminalText.ts"
import { targetRecord } from "./show.ts"

export const list = declare("list", { summary: "list all targets", examples: ["mp target list"] }, {}, function* () {
  const targets = yield* Targets
  const entries = yield* targets.list
  const records = entries.flatMap(({ value }) => (Either.isRight(value) ? [targetRecord(value.right)] : []))
  yield* showList(records, {
    columns: ["name", "account", "project", "workspace"],
    empty: text`No targets are saved. To save one:\n  mp target add NAME --account ACCOUNT --project ID`
  })
  yield* notices(entries.flatMap(({ value }) => (Either.isLeft(value) ? [value.left.message] : [])))
})

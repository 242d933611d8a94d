import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { parseDuration } from "../../../domain/internal/duration.ts"
import { Audit } from "../../../services/audit/Audit.ts"
import { declare } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { checked } from "../../app/invalid.ts"
import { list, notice } from "../../app/output.ts"
import { text } from "../../app/TerminalText.ts"

export const audit = declare(
  "audit",
  {
    summary: "list what was done with logins on this machine",
    examples: ["mp audit --since 1d", "mp audit --format json | jq -r '.[] | select(.event == \"token\").program'"]
  },
  { since: flag("since", { value: "DURATION", description: "how far to look back, such as 12h or 7d" }) },
  function* (given) {
    const back = yield* Either.transposeMapOption(given.since, (since) =>
      checked("--since", parseDuration(since), { flags: [["since", "1d"]] })
    )
    const now = yield* Clock.currentTimeMillis
    const { path, records, unreadable } = yield* Effect.flatMap(Audit, ({ read }) =>
      read(Option.getOrUndefined(Option.map(back, (millis) => now - millis)))
    )
    yield* list(
      records.map((record) => ({ ...record })),
      {
        columns: ["at", "event", "account", "program", "pid", "fingerprint", "rule"],
        empty: text`Nothing was recorded in ${path}.`
      }
    )
    if (unreadable > 0) yield* notice(`${unreadable} lines of ${path} cannot be read.`)
  }
)

/** What `mp config show` does: files of earlier versions can be looked at, too. */
import * as Effect from "effect/Effect"
import { maskedText, maskedValue } from "../../domain/ConfigView.ts"
import { ConfigMigration, make as makeMigration } from "../../services/ConfigMigration.ts"
import { toJson, withFormat } from "../Output.ts"

export const showConfig = Effect.gen(function* () {
  const config = yield* Effect.flatMap(ConfigMigration, ({ document }) => document)
  yield* withFormat("table", (format) =>
    format === "json" || format === "jsonl"
      ? `${JSON.stringify(toJson(maskedValue(config)), null, format === "json" ? 2 : undefined)}\n`
      : maskedText(config)
  )
}).pipe(Effect.provideServiceEffect(ConfigMigration, makeMigration))

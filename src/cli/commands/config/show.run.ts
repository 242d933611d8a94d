/** What `mp config show` does: files of earlier versions can be looked at, too. */
import * as Effect from "effect/Effect"
import { maskedText, maskedValue } from "../../../domain/config/ConfigView.ts"
import { ConfigMigration, make as makeMigration } from "../../../services/config/ConfigMigration.ts"
import { ConfigStore } from "../../../services/config/ConfigStore.ts"
import { CredentialStorage } from "../../../services/storage/CredentialStorage.ts"
import { withFormat } from "../../app/output.ts"
import { json, jsonLine, toJson } from "../../app/Json.ts"
import { TerminalText } from "../../app/TerminalText.ts"

/** In a store that machines share, nothing is of an earlier version. */
const document = Effect.gen(function* () {
  const { isShared } = yield* CredentialStorage
  return isShared ? yield* (yield* ConfigStore).get : yield* (yield* ConfigMigration).document
})

export const run = () =>
  Effect.gen(function* () {
    const config = yield* document
    yield* withFormat("table", (format) =>
      format === "json" || format === "jsonl"
        ? (format === "json" ? json : jsonLine)(toJson(maskedValue(config)))
        : TerminalText.lines(maskedText(config))
    )
  }).pipe(Effect.provideServiceEffect(ConfigMigration, makeMigration))

import * as Effect from "effect/Effect"
import { checkConfig, documentOf } from "../../../domain/config/checkConfig.ts"
import type { ConfigError } from "../../../domain/errors.ts"
import { ConfigStore } from "../../../services/config/ConfigStore.ts"
import { Locations } from "../../../services/platform/Locations.ts"
import { directorySources } from "../../../services/session/directorySources.ts"
import { withUnusableSources } from "../../../services/doctor/unusableSources.ts"
import { declare } from "../../app/declare.ts"
import { type Fields, toJson } from "../../app/Json.ts"
import { list } from "../../app/output.ts"
import { SilentError } from "../../app/CommandContext.ts"

const problemRecord = ({ details, hints, message }: ConfigError): Fields => ({
  line: toJson(details?.["line"]),
  column: toJson(details?.["column"]),
  key: toJson(details?.["key"]),
  problem: message,
  fix: hints[0] ?? null
})

export const check = declare(
  "check",
  { summary: "check the configuration, with line numbers", examples: ["mp config check"] },
  {},
  function* () {
    const source = yield* Effect.flatMap(ConfigStore, (store) => store.source).pipe(Effect.flatMap(withUnusableSources))
    const directories = yield* directorySources(documentOf(source), yield* Locations)
    const problems = checkConfig(source, directories).map(({ error }) => error)
    yield* list(problems.map(problemRecord), {
      columns: ["line", "problem", "fix"],
      empty: `${source.path}: no problems found.`
    })
    const [first] = problems
    if (first !== undefined) return yield* new SilentError({ error: first })
  }
)

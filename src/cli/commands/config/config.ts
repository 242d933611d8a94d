/** `mp config`: the file itself. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Config from "../../../domain/config/ConfigDocument.ts"
import type { ConfigError } from "../../../domain/errors.ts"
import { ConfigStore } from "../../../services/config/ConfigStore.ts"
import { group, leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { onDemand } from "../../app/lazyHandler.ts"
import { list, record } from "../../app/output.ts"
import { type Fields, toJson } from "../../app/Json.ts"
import { SilentError } from "../../app/SilentError.ts"

const path = leaf({ name: "path", summary: "print where the configuration is", examples: ["mp config path"] }, () =>
  Effect.gen(function* () {
    const store = yield* ConfigStore
    const file = yield* store.path
    yield* record({ path: file }, { bare: file })
  })
)

const show = leaf(
  { name: "show", summary: "print the configuration with secrets hidden", examples: ["mp config show"] },
  onDemand(
    () => import("./show.run.ts"),
    ({ showConfig }) =>
      () =>
        showConfig
  )
)

const migrate = leaf(
  {
    name: "migrate",
    summary: "bring a configuration of version 0.3 or 2.x to today's schema, keeping a copy of the original",
    flags: { dryRun: Flag.toggle("dry-run", { description: "say what would be done, and change nothing" }) },
    examples: ["mp config migrate --dry-run", "mp config migrate"]
  },
  onDemand(
    () => import("./migrate.run.ts"),
    ({ migrate }) => migrate
  )
)

const problemRecord = ({ details, hints, message }: ConfigError): Fields => ({
  line: toJson(details?.["line"]),
  column: toJson(details?.["column"]),
  key: toJson(details?.["key"]),
  problem: message,
  fix: hints[0] ?? null
})

const check = leaf(
  { name: "check", summary: "say what is wrong with the configuration, and where", examples: ["mp config check"] },
  () =>
    Effect.gen(function* () {
      const store = yield* ConfigStore
      const read = yield* Effect.either(store.get)
      const problems = Either.match(read, { onLeft: (error) => [error], onRight: Config.problems })
      yield* list(problems.map(problemRecord), {
        columns: ["line", "problem", "fix"],
        empty: `${yield* store.path}: no problems found.`
      })
      const [first] = problems
      if (first !== undefined) return yield* new SilentError({ error: first })
    })
)

export const config = group("config", "the configuration file", [path, show, check, migrate])

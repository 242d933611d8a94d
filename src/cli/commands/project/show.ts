import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { nameAndId, namesOf } from "../../../domain/session/SessionNames.ts"
import { MeCache } from "../../../services/api/MeCache.ts"
import { declare } from "../../app/declare.ts"
import { record } from "../../app/output.ts"
import { resolution } from "../../app/sessionFor.ts"
import { text } from "../../app/TerminalText.ts"

export const show = declare(
  "show",
  { summary: "show the project that a command run now would use", examples: ["mp project show"] },
  {},
  function* () {
    const resolved = yield* resolution
    const id = yield* Either.flatMap(
      Either.orElse(resolved.project, () => resolved.identity),
      () => resolved.project
    )
    const cache = yield* MeCache
    const me = Either.isRight(resolved.identity) ? yield* cache.names(resolved.identity.right) : Option.none()
    const names = namesOf(me, id, Option.none())
    yield* record(
      { id, name: names.project, organization: names.organization },
      { table: () => text`${nameAndId(names.project, id)}\n` }
    )
  }
)

import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { WorkspaceId } from "../../../domain/account/identifiers.ts"
import type { Resolution } from "../../../domain/session/Resolution.ts"
import { nameAndId, namesOf } from "../../../domain/session/SessionNames.ts"
import { MeCache } from "../../../services/api/MeCache.ts"
import { declare } from "../../app/declare.ts"
import { record } from "../../app/output.ts"
import { resolution } from "../../app/sessionFor.ts"
import { text } from "../../app/TerminalText.ts"

/** The name behind the id, from the cache: no network. */
const nameOf = ({ identity, project }: Resolution, id: Option.Option<WorkspaceId>) =>
  Effect.gen(function* () {
    if (Either.isLeft(identity) || Either.isLeft(project)) return null
    const cache = yield* MeCache
    return namesOf(yield* cache.names(identity.right), project.right, id).workspace
  })

export const show = declare(
  "show",
  { summary: "show the workspace that a command run now would use", examples: ["mp workspace show"] },
  {},
  function* () {
    const resolved = yield* resolution
    const id = yield* resolved.workspace
    const name = yield* nameOf(resolved, id)
    const shown = Option.match(id, {
      onNone: () => "none: it is resolved on first use",
      onSome: (known) => nameAndId(name, known)
    })
    yield* record({ id: Option.getOrNull(id), name }, { table: () => text`${shown}\n` })
  }
)

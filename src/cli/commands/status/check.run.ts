/** What `mp status --check` does: the page with the answer of the server, which is the exit code. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { toSession } from "../../../domain/session/Resolution.ts"
import { AccountCheck } from "../../../services/login/AccountCheck.ts"
import { resolution } from "../../app/sessionFor.ts"
import { showStatus } from "./show.run.ts"

export function* run() {
  const resolved = yield* resolution
  const session = yield* toSession(resolved)
  const { outcome } = yield* Effect.flatMap(AccountCheck, ({ run }) => run(session, session.headers))
  yield* showStatus(resolved, Either.isRight(outcome))
  yield* outcome
}

import * as Effect from "effect/Effect"
import { programName } from "../../../services/platform/OwnProgram.ts"
import { ChildEnvironment } from "../../../services/session/ChildEnvironment.ts"
import { argument } from "../../app/facts.ts"
import { declare } from "../../app/declare.ts"
import { session } from "../../app/sessionFor.ts"

export const exec = declare(
  "exec",
  {
    summary: "run a program with the session in its environment; its exit code is that of mp",
    examples: ["mp exec -- python report.py", "mp --target ecom exec -- sh -c 'echo $MP_PROJECT_ID'"]
  },
  {
    command: argument("COMMAND", {
      description: "the program and its arguments; no shell is involved",
      required: true,
      rest: true
    })
  },
  function* (given) {
    const environment = yield* ChildEnvironment
    const [program = ""] = given.command
    const variables = yield* environment.of(yield* session, { name: programName(program), pid: null })
    const { runToEnd } = yield* Effect.promise(() => import("./runToEnd.ts"))
    yield* runToEnd(["exec"], given.command, variables)
  }
)

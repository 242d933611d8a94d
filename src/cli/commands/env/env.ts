import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { command } from "../../../domain/hints/Command.ts"
import { InvalidArgument } from "../../../domain/errors.ts"
import { parentProgram } from "../../../layers/node/parentProgram.ts"
import { ChildEnvironment } from "../../../services/session/ChildEnvironment.ts"
import { declare } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { Globals } from "../../app/Globals.ts"
import { invalid } from "../../app/invalid.ts"
import { record } from "../../app/output.ts"
import { session } from "../../app/sessionFor.ts"
import { evaluated, type Shell, shells, statements } from "./shellExports.ts"
import { isJson } from "../../app/globalFlags.ts"
import { Terminal } from "../../app/Terminal.ts"
import { TerminalText } from "../../app/TerminalText.ts"

export const env = declare(
  "env",
  {
    summary: "print the session as variables of a shell, secrets included",
    examples: [evaluated("bash", "mp env"), evaluated("fish", "mp env --shell fish"), "mp env --format json | jq keys"]
  },
  {
    shell: flag("shell", { value: "SHELL", choices: shells, description: "syntax; bash by default" }),
    showSecrets: flag("show-secrets", { description: "print secrets even to a terminal" })
  },
  function* (flags) {
    const shell = Option.getOrElse(flags.shell, () => "bash" as const)
    const { outIsTerminal } = yield* Terminal
    if (outIsTerminal && !flags.showSecrets) return yield* wouldShow(shell)
    const environment = yield* ChildEnvironment
    const { removed, set } = yield* environment.of(yield* session, yield* parentProgram)
    const values = set.map(([name, value]) => [name, Redacted.value(value)] as const)
    yield* onlyExact(values)
    yield* record(Object.fromEntries(values), { table: () => statements(shell, values, removed) })
  }
)

/** A statement is one line that shows all of its value; JSON escapes what is not seen, and `exec` hands over anything. */
const onlyExact = (values: ReadonlyArray<readonly [name: string, value: string]>) =>
  Effect.flatMap(Globals, ({ format }) => {
    const [name] = values.find(([, value]) => TerminalText.exactly(value) === undefined) ?? []
    return name === undefined || isJson(Option.getOrUndefined(format))
      ? Effect.void
      : new InvalidArgument({
          message: `${name} contains control characters or invisible ones and cannot be printed exactly.`,
          hints: [command`mp exec -- COMMAND`, command`mp env --format json`],
          details: { variable: name }
        })
  })

const wouldShow = (shell: Shell) => {
  const printing = shell === "bash" ? "mp env" : `mp env --shell ${shell}`
  const use = evaluated(shell, printing)
  return invalid(
    `This would print secrets to the terminal. To set the variables in this shell: ${use}`,
    ...(shell === "bash" ? [command`eval "$(mp env)"`] : []),
    { flags: [["show-secrets"]] }
  )
}

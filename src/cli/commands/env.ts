/** `mp env`: the session as variables, for a shell. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { InvalidArgument } from "../../domain/errors.ts"
import { ChildEnvironment } from "../../services/ChildEnvironment.ts"
import { leaf } from "../CommandTree.ts"
import * as Flag from "../Flag.ts"
import { record } from "../Output.ts"
import { session } from "../Resolved.ts"
import { evaluated, type Shell, shells, statements } from "../ShellText.ts"
import { Terminal } from "../Terminal.ts"

export const env = leaf(
  {
    name: "env",
    summary: "print the session as variables of a shell, secrets included",
    flags: {
      shell: Flag.optional("shell", "SHELL", { description: "whose syntax; bash by default", choices: shells }),
      showSecrets: Flag.toggle("show-secrets", { description: "print them even to a terminal" })
    },
    examples: [evaluated("bash", "mp env"), evaluated("fish", "mp env --shell fish"), "mp env --format json"]
  },
  (flags) =>
    Effect.gen(function* () {
      const shell = shells.find((name) => Option.contains(flags.shell, name)) ?? "bash"
      const { outIsTerminal } = yield* Terminal
      if (outIsTerminal && !flags.showSecrets) return yield* wouldShow(shell)
      const environment = yield* ChildEnvironment
      const { removed, set } = yield* environment.of(yield* session)
      const values = set.map(([name, value]) => [name, Redacted.value(value)] as const)
      yield* record(Object.fromEntries(values), { table: () => statements(shell, values, removed) })
    })
)

const wouldShow = (shell: Shell) => {
  const command = shell === "bash" ? "mp env" : `mp env --shell ${shell}`
  const use = evaluated(shell, command)
  return new InvalidArgument({
    message: `This would print secrets to the terminal. To set the variables in this shell: ${use}`,
    hints: [use, "mp exec -- COMMAND", `${command} --show-secrets`]
  })
}

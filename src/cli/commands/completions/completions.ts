/** `mp completions`: the scripts by which shells complete `mp`. */
import * as Effect from "effect/Effect"
import { type GroupSpec, leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { globalFlags } from "../../app/globalFlags.ts"
import { Terminal } from "../../app/Terminal.ts"
import { TerminalText } from "../../app/TerminalText.ts"

const shells = ["bash", "zsh", "fish"]

/** The root is given late, because this command is a part of it. */
export const completions = (root: () => GroupSpec) =>
  leaf(
    {
      name: "completions",
      summary: "print the script that completes mp in a shell, with the names of your accounts and targets",
      arguments: { shell: Flag.choice("SHELL", "bash, zsh or fish", shells) },
      examples: ["source <(mp completions bash)", "source <(mp completions zsh)", "mp completions fish | source"]
    },
    (_, { shell }) =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        const { script } = yield* Effect.promise(() => import("../../app/completionScript.ts"))
        yield* terminal.out(TerminalText.lines(script(shell, root(), globalFlags)))
      })
  )

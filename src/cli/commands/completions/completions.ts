import * as Effect from "effect/Effect"
import { argument } from "../../app/facts.ts"
import { declare } from "../../app/declare.ts"
import { Terminal } from "../../app/Terminal.ts"
import { TerminalText } from "../../app/TerminalText.ts"

export const completions = declare(
  "completions",
  {
    summary: "print the script that completes mp in a shell, with the names of your accounts and targets",
    examples: ["source <(mp completions bash)", "source <(mp completions zsh)", "mp completions fish | source"]
  },
  { shell: argument("SHELL", { description: "bash, zsh or fish", choices: ["bash", "zsh", "fish"], required: true }) },
  function* ({ shell }) {
    const terminal = yield* Terminal
    const { scripts } = yield* Effect.promise(() => import("./scripts.ts"))
    yield* terminal.out(TerminalText.lines(scripts[shell]))
  }
)

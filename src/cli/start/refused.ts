/** What is said where the system does not even let the program be loaded: as the program says it, without it. */
import { systemRefusal, tooManyOpen } from "../../domain/internal/systemRefusal.ts"
import { escapeUnseen } from "../../domain/internal/unseen.ts"
import { exitCodes } from "../app/exitCode.ts"
import { writeSync } from "../app/writeSync.ts"

const isJson = (argv: ReadonlyArray<string>): boolean =>
  argv.some(
    (word, at) =>
      /^(?:--format=|-f=?)jsonl?$/.test(word) || (/^jsonl?$/.test(word) && /^(?:--format|-f)$/.test(argv[at - 1] ?? ""))
  )

/** Tells a refusal of the system, and answers with the exit code. Anything else is thrown on. */
export const refused = (error: unknown, argv: ReadonlyArray<string>): number => {
  const refusal = systemRefusal(error)
  if (refusal === null) throw error
  const { about, code, syscall } = refusal
  const [reason, hint] =
    code === "EMFILE"
      ? [`${tooManyOpen} (${code})`, "ulimit -n 4096"]
      : [`the system answers ${code}`, "npm install --global effect-mixpanel"]
  const message = `mp cannot load its own program (${about ?? syscall}): ${reason}.`
  const text = isJson(argv)
    ? JSON.stringify({ error: { code: "SYSTEM_ERROR", message, hints: [hint], details: { errno: code, fix: hint } } })
    : `error: ${message.replaceAll("\n", " ")}\ntry:\n  ${hint}`
  writeSync("stderr", Buffer.from(`${escapeUnseen(text)}\n`))
  return exitCodes.general
}

/** There is one way to the terminal: nothing else in the sources writes to the streams of the process. */
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const src = fileURLToPath(new URL("../../src/", import.meta.url))

/** The files in which a stream of the process is written to or asked, and what they do with it. */
const doors: Readonly<Record<string, string>> = {
  "cli/app/writeSync.ts": "writes bytes to a descriptor",
  "cli/start/writeOut.ts": "writes what the fast path has to say",
  "cli/start/refused.ts": "writes why no program can be loaded",
  "cli/app/ProcessTerminal.ts": "the terminal",
  "cli/app/prompts.ts": "what a prompt draws",
  "layers/node/files/BlockingOps.ts": "writes files"
}

const ways = [
  /\bprocess\s*(?:\.|\?\.)\s*(?:stdout|stderr|_rawDebug|emitWarning)\b/,
  /\bprocess\s*(?:\?\.)?\[/,
  /\{[^}]*\b(?:stdout|stderr)\b[^}]*\}\s*=\s*process\b/,
  /import\s*\{[^}]*\b(?:stdout|stderr)\b[^}]*\}\s*from\s*"node:process"/,
  /\bconsole\s*(?:\.|\[)/,
  /"effect\/Console"|\bConsole\.(?:log|error|warn|info)\b/,
  /\bwithConsole(?:Log|Error)\b|\b(?:pretty|json|structured|logfmt)Logger\b/,
  /\bwriteSync\b|\bcreateWriteStream\b|\/dev\/(?:tty|stdout|stderr|fd)\b/,
  /\bnew (?:tty\.)?WriteStream\b/
]

const writesIn = (code: string): boolean => ways.some((way) => way.test(code))

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replaceAll("\\", "/"))

describe("one way to the terminal", () => {
  it("no other file writes to the streams of the process", () => {
    expect(files.length).toBeGreaterThan(200)
    const found = files.filter((file) => writesIn(readFileSync(`${src}${file}`, "utf8")))
    expect(found.toSorted()).toEqual(Object.keys(doors).toSorted())
  })

  it.each([
    'process.stdout.write("x")',
    'process?.stderr.write("x")',
    'process["stdout"].write("x")',
    'process[to].write("x")',
    "const { stdout } = process",
    'import { stderr } from "node:process"',
    'console.error("x")',
    'import * as Console from "effect/Console"',
    "Logger.withConsoleError(Logger.logfmtLogger)",
    'writeSync(2, "x")',
    'createWriteStream("/dev/tty")'
  ])("another way would be seen: %s", (code) => {
    expect(writesIn(code)).toBe(true)
  })
})

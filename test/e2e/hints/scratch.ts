/** A fault in a scratch home, and a shell in which its hints are pasted. */
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { builtMp, type Outcome } from "../../support/mp.ts"
import { mpEnvironment } from "../../support/mpEnvironment.ts"

/** The browser of all homes, written once: a script that is written anew while it starts says nothing. No spaces in its name. */
const browser = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), "mp-approve-")), "approve")
  writeFileSync(`${path}.mjs`, approving)
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${path}.mjs' "$1"\n`, { mode: 0o755 })
  return path
}

/** A home of which everything is gone when the scope closes; `mp` is on its `PATH`. */
export const scratch = Effect.acquireRelease(
  Effect.sync(() => {
    const home = mkdtempSync(join(tmpdir(), "mp hints "))
    mkdirSync(join(home, ".mp"), { mode: 0o700 })
    mkdirSync(join(home, "bin"))
    const script = (name: string, text: string) => writeFileSync(join(home, "bin", name), text, { mode: 0o755 })
    script("mp", `#!/bin/sh\nexec '${process.execPath}' '${builtMp}' "$@"\n`)
    // Whoever runs the tests is who would be asked for a password.
    script("sudo", '#!/bin/sh\nexec "$@"\n')
    return home
  }),
  (home) => Effect.sync(() => rmSync(home, { recursive: true, force: true }))
)

/** A browser of somebody who is logged in and says yes; once no, or nothing, where a file of the home says so. */
const approving = `import { rmSync } from "node:fs"
const told = (what) => {
  try {
    rmSync(process.env.HOME + "/" + what)
    return true
  } catch {
    return false
  }
}
if (told("away")) process.exit(0)
const decision = told("deny") ? "deny" : "approve"
let request = new Request(process.argv[2])
const cookies = new Map()
for (let hop = 0; hop < 12; hop++) {
  request.headers.set("cookie", [...cookies].map(([name, value]) => name + "=" + value).join("; "))
  const response = await fetch(request, { redirect: "manual" })
  for (const cookie of response.headers.getSetCookie()) {
    const [pair] = cookie.split(";")
    cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1))
  }
  const location = response.headers.get("location")
  if (location === null) {
    const actions = [...(await response.text()).matchAll(/action="([^"]*)"/g)].map(([, action]) => action)
    const action = actions.find((one) => one.endsWith("/" + decision)) ?? actions.find((one) => one.includes("approve"))
    if (action === undefined) break
    request = new Request(new URL(action, request.url), { method: "POST" })
    continue
  }
  const next = new URL(location, request.url)
  if (next.hostname === "localhost") next.hostname = "127.0.0.1"
  request = new Request(next)
}
`

const approve = browser()

/** Runs a line of \`sh\` in a home; nobody is asked. */
export const pasted = (
  line: string,
  home: string,
  env: Readonly<Record<string, string>>,
  cwd = home
): Effect.Effect<Outcome> =>
  Effect.async<Outcome>((resume) => {
    const { PATH = "", ...rest } = mpEnvironment(home)
    const child = spawn("sh", ["-c", line], {
      cwd,
      env: {
        ...rest,
        PATH: `${join(home, "bin")}:${PATH}`,
        BROWSER: approve,
        DISPLAY: ":0",
        TERM: "xterm",
        SHELL: "/bin/sh",
        ...env
      },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 100_000
    })
    const heard = { stdout: "", stderr: "" }
    child.stdout.on("data", (chunk: Buffer) => (heard.stdout += chunk.toString("utf8")))
    child.stderr.on("data", (chunk: Buffer) => (heard.stderr += chunk.toString("utf8")))
    child.once("close", (code) => resume(Effect.succeed({ code: code ?? -1, ...heard })))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

/** The hints of an error, as JSON tells them. */
export const hintsOf = (stderr: string): { readonly code: string; readonly hints: ReadonlyArray<string> } => {
  for (const line of stderr.split("\n")) {
    const value: unknown = line.startsWith('{"error"') ? JSON.parse(line) : null
    const error: unknown = value === null ? null : Reflect.get(Object(value), "error")
    if (error !== null) {
      const { code, hints } = Object(error)
      return { code: String(code), hints: Array.isArray(hints) ? hints.map(String) : [] }
    }
  }
  return { code: "", hints: [] }
}

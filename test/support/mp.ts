/** The real `mp`: the bundle, in a process of its own, with a home and an environment of its own. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { builtMp } from "./builtMp.ts"
import { mpEnvironment } from "./mpEnvironment.ts"

export { builtMp }

const fixtures = fileURLToPath(new URL("../fixtures/mixpanel_headless", import.meta.url))

/** What a command line left behind. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly home: string
  /** The whole environment besides `PATH` and `HOME`. */
  readonly env?: Readonly<Record<string, string>>
  /** Without it, stdin is `/dev/null`. */
  readonly stdin?: string | Uint8Array
  readonly cwd?: string
  /** A line of `sh` in which `"$@"` is `mp` with its words, where the shell has to prepare something. */
  readonly shell?: string
  /** Another `mp` than the one that was built. */
  readonly bundle?: string
}

/** Runs `mp` and waits for its end. It is no terminal, and nobody can be asked. */
export const runMp = (
  args: ReadonlyArray<string>,
  { bundle = builtMp, cwd, env = {}, home, shell, stdin }: RunOptions
): Effect.Effect<Outcome> =>
  Effect.async<Outcome>((resume) => {
    const mp = [bundle, ...args]
    const [program, words] =
      shell === undefined ? [process.execPath, mp] : ["sh", ["-c", shell, "sh", process.execPath, ...mp]]
    const child = spawn(program, words, {
      cwd: cwd ?? home,
      env: { ...mpEnvironment(home), ...env },
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"]
    })
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk))
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk))
    child.once("error", (error) => resume(Effect.die(error)))
    child.once("close", (code) =>
      resume(
        Effect.succeed({
          code: code ?? -1,
          stdout: Buffer.concat(out).toString("utf8"),
          stderr: Buffer.concat(err).toString("utf8")
        })
      )
    )
    child.stdin?.on("error", () => undefined)
    child.stdin?.end(stdin)
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "mp-home-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

/** Puts a file into a home directory: 0600, its directories 0700. */
export const put = (home: string, path: string, content: string | Uint8Array): Effect.Effect<void> =>
  Effect.promise(async () => {
    const file = join(home, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(file, content, { mode: 0o600 })
  })

/** A home directory with these files, by path below it; it is gone when the scope closes. */
export const makeHome = (
  files: Readonly<Record<string, string | Uint8Array>> = {}
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.tap(temporary, (home) =>
    Effect.forEach(Object.entries(files), ([path, content]) => put(home, path, content), { discard: true })
  )

/** A file that mixpanel_headless wrote, by its path in `fixtures/mixpanel_headless`. */
export const headlessFile = (path: string): string => join(fixtures, path)

/** Writes the code cache ahead of the first run, as a step of building an image. */
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { promisify } from "node:util"
import { packageDirectory, userDirectory, writeInPackage, writeInUsers } from "./codeCache.ts"

/** Where it was written. */
export interface Warmed {
  readonly directory: string
  readonly files: ReadonlyArray<string>
}

/** Why nothing was written: there is no `mp` to run, no place is used, or none can be written. */
export type NotWarmed = "not_installed" | "off" | "not_writable"

/** Commands that are run often, and whose code others share. */
const rehearsed = [
  ["account", "list"],
  ["account", "token"],
  ["session"],
  ["target", "list"],
  ["config", "show"],
  ["env"],
  ["exec", "--", process.execPath, "-e", "0"],
  ["status"],
  ["doctor", "--offline"]
]

const config = `[active]
account = "ci"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "1"
token = "none"

[targets.shop]
account = "ci"
project = "1"
`

/** Runs the commands in a home of their own, which ends with it. */
const rehearse = async (launcher: string, home: string): Promise<ReadonlyMap<string, Buffer>> => {
  await mkdir(join(home, ".mp"), { mode: 0o700 })
  await writeFile(join(home, ".mp/config.toml"), config, { mode: 0o600 })
  const env = { PATH: process.env["PATH"], HOME: home }
  for (const words of rehearsed) await promisify(execFile)(process.execPath, [launcher, ...words], { cwd: home, env })
  const written = join(home, ".cache/effect-mixpanel")
  const names = await readdir(written)
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(written, name))] as const)))
}

const inScratchHome = async <A>(use: (home: string) => Promise<A>): Promise<A> => {
  const home = await mkdtemp(join(tmpdir(), "mp-warm-"))
  try {
    return await use(home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

type Write = (directory: string, key: string, bytes: Buffer) => boolean

/** The package's own directory serves all users of an image; where it is not to be trusted, the user's is written. */
export const warm = async (program: string | undefined): Promise<Warmed | NotWarmed> => {
  const launcher = program === undefined ? "" : await realpath(program).catch(() => "")
  if (basename(launcher) !== "mp.cjs") return "not_installed"
  const places = [
    [packageDirectory(process.env, dirname(launcher)), writeInPackage],
    [userDirectory(process.env), writeInUsers]
  ] as const
  if (places.every(([directory]) => directory === undefined)) return "off"
  const code = await inScratchHome((home) => rehearse(launcher, home))
  const writeAll = (directory: string, write: Write) => [...code].every(([key, bytes]) => write(directory, key, bytes))
  for (const [directory, write] of places) {
    if (directory !== undefined && writeAll(directory, write)) return { directory, files: [...code.keys()] }
  }
  return "not_writable"
}

/** What a machine that has nothing but Node lacks: a test that needs it is skipped there, and its name says why. */
import { spawnSync } from "node:child_process"
import { accessSync, constants, existsSync, readdirSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Where a program is, as a shell would find it. */
export const programPath = (name: string): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find(isExecutable)

const isThere = (name: string) => (): boolean => programPath(name) !== undefined

const works = (...[program = "", ...args]: ReadonlyArray<string>) => {
  let worked: boolean | undefined
  return (): boolean => (worked ??= spawnSync(program, args, { stdio: "ignore" }).status === 0)
}

/** A user of whom nothing is known but this number. */
export const stranger = 54_321

/** Words that start a program as that user. */
export const asStranger = ["setpriv", `--reuid=${stranger}`, `--regid=${stranger}`, "--clear-groups"]

/** Debian keeps the programs of each version of Postgres in a directory of its own, which is in nobody's PATH. */
export const postgresPrograms = (): string | undefined => {
  const versions = "/usr/lib/postgresql"
  const directories = existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, "bin")) : []
  const initdb = programPath("initdb")
  return [...(initdb === undefined ? [] : [dirname(initdb)]), ...directories].findLast((directory) =>
    ["initdb", "postgres", "pg_isready"].every((program) => isExecutable(join(directory, program)))
  )
}

/** Words that start a program as the user that Debian's package makes: the server starts as root for nobody. */
export const asPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

const startsPostgres = () =>
  postgresPrograms() !== undefined && (process.getuid?.() !== 0 || works(...asPostgres, "true")())

const needed = {
  bash: { isMet: isThere("bash"), reason: "no bash" },
  zsh: { isMet: isThere("zsh"), reason: "no zsh" },
  fish: { isMet: isThere("fish"), reason: "no fish" },
  pass: { isMet: () => isThere("pass")() && isThere("gpg")(), reason: "no pass with gpg" },
  git: { isMet: isThere("git"), reason: "no git" },
  script: {
    isMet: () => process.platform === "linux" && isThere("script")(),
    reason: "no terminal, which script of util-linux gives"
  },
  chromium: { isMet: isThere("chromium"), reason: "no chromium" },
  redis: { isMet: isThere("redis-server"), reason: "no redis-server" },
  postgres: { isMet: startsPostgres, reason: "no Postgres that can be started" },
  root: { isMet: () => process.getuid?.() === 0, reason: "not root" },
  strangers: { isMet: works(...asStranger, "true"), reason: "setpriv changes no user" },
  namespaces: {
    isMet: works("unshare", "-p", "-f", "--mount-proc", "--uts", "--kill-child", "true"),
    reason: "unshare makes no namespaces"
  },
  networks: {
    isMet: works("unshare", "-n", "ip", "link", "add", "one", "type", "veth", "peer", "name", "other"),
    reason: "unshare and ip (iproute2) make no networks"
  },
  mounts: { isMet: works("unshare", "-m", "true"), reason: "unshare makes no mounts" },
  fullDisk: { isMet: () => existsSync("/dev/full"), reason: "no /dev/full" }
} as const

export type Need = keyof typeof needed

export interface Needs {
  /** For `skipIf`. */
  readonly areUnmet: boolean
  /** The name of a test or group, with what is lacking. */
  readonly title: (name: string) => string
}

export const needs = (...names: ReadonlyArray<Need>): Needs => {
  const reasons = names.filter((name) => !needed[name].isMet()).map((name) => needed[name].reason)
  const areUnmet = reasons.length > 0
  return { areUnmet, title: (name) => (areUnmet ? `${name} (skipped: ${reasons.join(", ")})` : name) }
}

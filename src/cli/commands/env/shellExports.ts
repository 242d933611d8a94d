import { lines, type TerminalText } from "../../app/TerminalText.ts"

export const shells = ["bash", "zsh", "sh", "fish", "powershell"] as const
export type Shell = (typeof shells)[number]

interface Dialect {
  readonly set: (name: string, value: string) => string
  readonly remove: (name: string) => string
  /** How the statements are taken over into the running shell. */
  readonly use: (command: string) => string
}

const posix: Dialect = {
  set: (name, value) => `export ${name}=${quotedForSh(value)}`,
  remove: (name) => `unset ${name}`,
  use: (command) => `eval "$(${command})"`
}

const dialects: Record<Shell, Dialect> = {
  bash: posix,
  zsh: posix,
  sh: posix,
  fish: {
    set: (name, value) => `set -gx ${name} ${quotedForFish(value)}`,
    remove: (name) => `set -e ${name}`,
    use: (command) => `${command} | source`
  },
  powershell: {
    set: (name, value) => `$env:${name} = ${quotedForPowershell(value)}`,
    remove: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
    use: (command) => `${command} | Out-String | Invoke-Expression`
  }
}

const quotedForSh = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`

const quotedForFish = (value: string): string => `'${value.replace(/[\\']/g, "\\$&")}'`

/** PowerShell takes typographic quotes for the straight one. */
const quotedForPowershell = (value: string): string => `'${value.replace(/['\u2018-\u201b]/g, "$&$&")}'`

/** The statements that set some variables and remove others. Values are of one line, and nothing in them is unseen. */
export const statements = (
  shell: Shell,
  set: ReadonlyArray<readonly [name: string, value: string]>,
  removed: ReadonlyArray<string>
): TerminalText =>
  lines([
    ...removed.map((name) => dialects[shell].remove(name)),
    ...set.map(([name, value]) => dialects[shell].set(name, value))
  ])

export const evaluated = (shell: Shell, command: string): string => dialects[shell].use(command)

/**
 * Where the credential of an account comes from that neither the account nor a store of ours holds: what a program
 * writes, or what is in a file that somebody else keeps up to date.
 */
import { quoted } from "../hints/Command.ts"
import type { AccountType } from "./Account.ts"

/**
 * A program with its arguments, or a file.
 * @since 0.1.0
 * @category models
 */
export type CredentialSource =
  | { readonly kind: "command"; readonly words: ReadonlyArray<string>; readonly timeoutSeconds: number }
  | { readonly kind: "file"; readonly path: string }

export const defaultTimeoutSeconds = 10

export const maxTimeoutSeconds = 600

export const maxAnswerBytes = 65_536

export const sourceKeys = {
  secret: "service_account",
  token: "oauth_token",
  token_file: "oauth_token"
} as const satisfies Readonly<Record<string, AccountType>>

export const sourceText = (source: CredentialSource): string =>
  source.kind === "command" ? source.words.map(quoted).join(" ") : source.path

export const wordsProblem = (words: ReadonlyArray<unknown>): string | undefined => {
  const [program] = words
  if (!words.every((word) => typeof word === "string")) return "must be a list of words, each of them a string"
  if (typeof program !== "string" || program === "") return "must name a program"
  if (words.some((word) => typeof word === "string" && word.includes("\0"))) return "has a word with a null character"
  return program.includes("/") && !isAbsolute(program)
    ? `begins with ${quoted(program)}, a relative path; a program is named by an absolute path, or found on PATH by its name`
    : undefined
}

export const pathProblem = (path: string): string | undefined =>
  (isAbsolute(path) || path.startsWith("~/")) && !path.includes("\0")
    ? undefined
    : "must be an absolute path, or one that begins with ~/"

const isAbsolute = (path: string): boolean => /^(?:\/|[A-Za-z]:[\\/])/.test(path)

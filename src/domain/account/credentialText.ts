/**
 * Secrets and user names as they come from anywhere: a variable, stdin, a prompt, a file, a program. Each is one line
 * of text; the line end that `echo` puts behind it is dropped. What is refused is never quoted.
 */
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { NonEmptyText } from "../internal/decode.ts"

const withoutLineEnd = (text: string): string => (text.endsWith("\n") ? text.replace(/\r?\n$/, "") : text)

/** Control characters (C0, DEL, C1), and what else ends a line. */
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

type Problem = (text: string) => string | undefined

const secretProblem: Problem = (text) => {
  if (text === "") return "is empty"
  return controls.test(text) ? "contains more than one line, or control characters" : undefined
}

/** RFC 7617, section 2: a user name with a colon cannot be told from its password. */
const usernameProblem: Problem = (text) =>
  text === "" || text.includes(":") || controls.test(text)
    ? "must be non-empty, without ':' and control characters"
    : undefined

const parsed =
  (problem: Problem) =>
  (given: string): Either.Either<string, string> => {
    const text = withoutLineEnd(given)
    const wrong = problem(text)
    return wrong === undefined ? Either.right(text) : Either.left(wrong)
  }

const parsedSecret = parsed(secretProblem)

export const parseSecret = (text: string): Either.Either<Redacted.Redacted, string> =>
  Either.map(parsedSecret(text), Redacted.make)

export const parseUsername: (text: string) => Either.Either<string, string> = parsed(usernameProblem)

const line = (problem: Problem) =>
  Schema.transform(Schema.String, NonEmptyText.pipe(Schema.filter((text) => problem(text) ?? true)), {
    strict: true,
    decode: withoutLineEnd,
    encode: (text) => text
  })

/** The same in a file; a program gives it without a line end. */
export const secretLine = () => Schema.Redacted(line(secretProblem))

export const usernameLine = () => line(usernameProblem)

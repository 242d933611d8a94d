import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { defaultData, type SandboxServer } from "#src/layers/sandbox/Sandbox.ts"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

/** No whole answer arrived. */
export class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly cause: unknown }> {}

/** A real request to the sandbox; fails with the client's own error when no whole answer arrives. */
export const call = (sandbox: SandboxServer, path: string, init: RequestInit = {}): Effect.Effect<Answer, NoAnswer> =>
  Effect.tryPromise({
    try: async () => {
      const response = await fetch(new URL(path, sandbox.url), { redirect: "manual", ...init })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parseJson(text) }
    },
    catch: (cause) => new NoAnswer({ cause })
  })

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const basic = (username: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`
})

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const [first] = defaultData.serviceAccounts

export const team = basic(first.username, first.secret)
export const jo = bearer("sandbox-bearer-jo")
export const sam = bearer("sandbox-bearer-sam")

/** What a JSON value holds under a path of keys; `undefined` where there is nothing. */
export const at = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value
  )

/** A value's own keys; none when it is not an object. */
export const keys = (value: unknown): ReadonlyArray<string> =>
  typeof value === "object" && value !== null ? Object.keys(value) : []

/** The items of an array; none when it is not one. */
export const items = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

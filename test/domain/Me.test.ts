import { expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { decodeCachedMe } from "#src/domain/api/CachedMe.ts"
import { decodeMe } from "#src/domain/api/Me.ts"

it.each([
  { error: "temporarily unavailable" },
  { status: "error", results: { user_id: 1 } },
  { error: "no", results: { user_id: 1 } },
  { results: { error: { message: "no" }, user_id: 1 } },
  { results: { projects: {} } },
  { results: { user_id: null, user_email: "" } },
  { status: "ok" },
  { results: [] },
  [{ user_id: 1 }],
  "ok",
  null
])("%j is no /me", (body) => {
  expect(Either.isLeft(decodeMe(body))).toBe(true)
  expect(Either.isLeft(decodeCachedMe(JSON.stringify(body)))).toBe(true)
})

it.each([{ user_id: 1 }, { user_id: "1" }, { results: { user_email: "a@b.c" } }, { user_id: 1, error: null }])(
  "%j is one",
  (body) => expect(Either.isRight(decodeMe(body))).toBe(true)
)

it.prop("whatever is taken for one names a user", [FastCheck.jsonValue()], ([body]) => {
  const read = decodeMe(body)
  if (Either.isRight(read)) expect([read.right.userId._tag, read.right.userEmail._tag]).toContain("Some")
})

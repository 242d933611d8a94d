import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { type Answer, at, basic, call, items, jo, keys, parseJson, sam, team } from "./support.ts"

const shop = "3018488"

/** `it.scoped` with a sandbox. */
const withSandbox = (name: string, body: (sandbox: Sandbox.SandboxServer) => Effect.Effect<void, Error>) =>
  it.scoped(name, () => Effect.flatMap(Sandbox.start({ oauth: false }), body))

const failsWith = (answer: { readonly status: number; readonly json: unknown }, status: number, error: RegExp) => {
  assert.strictEqual(answer.status, status)
  assert.strictEqual(at(answer.json, "status"), "error")
  assert.match(String(at(answer.json, "error")), error)
}

describe("authorization", () => {
  withSandbox("takes service accounts in base64 and in the clear, and bearers", (sandbox) =>
    Effect.gen(function* () {
      const [account] = sandbox.credentials.serviceAccounts
      const clear = { authorization: `Basic ${account.username}:${account.secret}` }
      for (const headers of [team, clear, jo]) {
        assert.strictEqual((yield* call(sandbox, "/api/app/me/", { headers })).status, 200)
      }
    })
  )

  withSandbox("refuses what it does not know", (sandbox) =>
    Effect.gen(function* () {
      const wrong = [
        {},
        basic("team.292e7c.mp-service-account", "wrong"),
        basic("sandbox-project-secret-3018488", ""),
        { authorization: "Bearer nope" },
        { authorization: "Basic %%%" },
        { authorization: "Digest x" }
      ]
      for (const headers of wrong) failsWith(yield* call(sandbox, "/api/app/me", { headers }), 401, /credentials/)
    })
  )

  withSandbox("refuses projects out of reach, unknown paths and wrong methods", (sandbox) =>
    Effect.gen(function* () {
      const names = (project: string) =>
        call(sandbox, `/api/query/events/names?project_id=${project}`, { headers: team })
      failsWith(yield* names("4100077"), 403, /no access to project 4100077/)
      failsWith(yield* names("999"), 403, /no access/)
      failsWith(yield* names(""), 400, /project_id/)
      failsWith(yield* call(sandbox, "/api/app/nope", { headers: team }), 404, /Not found/)
      const posted = yield* call(sandbox, "/api/app/me", { method: "POST", headers: team })
      failsWith(posted, 405, /use GET/)
      assert.strictEqual(posted.headers.get("allow"), "GET")
    })
  )
})

describe("the app API", () => {
  withSandbox("/me names what the credential reaches", (sandbox) =>
    Effect.gen(function* () {
      const results = at((yield* call(sandbox, "/api/app/me", { headers: jo })).json, "results")
      assert.deepInclude(results, { user_id: 42, user_email: "jo@example.com", user_name: "Jo Doe" })
      assert.deepStrictEqual(keys(at(results, "projects")), [shop, "3713224"])
      const project = { name: "E-Commerce Demo", organization_id: 100, domain: "mixpanel.com" }
      assert.deepInclude(at(results, "projects", shop), project)
      assert.deepStrictEqual(keys(at(results, "workspaces")), ["3448413", "3448414", "3448415"])
      assert.deepInclude(at(results, "workspaces", "3448414"), { project_id: 3018488, is_default: true })
      assert.deepStrictEqual(keys(at(results, "organizations")), ["100"])
      const other = (yield* call(sandbox, "/api/app/me", { headers: sam })).json
      assert.strictEqual(at(other, "results", "projects", "4100077", "domain"), "eu.mixpanel.com")
    })
  )

  withSandbox("lists workspaces", (sandbox) =>
    Effect.gen(function* () {
      const path = `/api/app/projects/${shop}/workspaces/public`
      const results = items(at((yield* call(sandbox, path, { headers: jo })).json, "results"))
      assert.deepStrictEqual(
        results.map((one) => [at(one, "id"), at(one, "is_default")]),
        [
          [3448414, true],
          [3448415, false]
        ]
      )
      failsWith(yield* call(sandbox, path, { headers: sam }), 403, /no access/)
    })
  )

  withSandbox("pages through annotations", (sandbox) =>
    Effect.gen(function* () {
      const pages: Array<ReadonlyArray<unknown>> = []
      let cursor: unknown = ""
      while (cursor !== null && pages.length < 9) {
        const path = `/api/app/projects/${shop}/annotations?cursor=${cursor}`
        const page = (yield* call(sandbox, path, { headers: jo })).json
        pages.push(items(at(page, "results")).map((one) => at(one, "id")))
        assert.strictEqual(at(page, "pagination", "page_size"), 2)
        cursor = at(page, "pagination", "next_cursor")
      }
      assert.deepStrictEqual(pages, [[501, 502], [503, 504], [505]])
      const bad = yield* call(sandbox, `/api/app/projects/${shop}/annotations?cursor=x`, { headers: jo })
      failsWith(bad, 400, /cursor/)
    })
  )
})

/** The counts of one legend entry, added up. */
const total = (answer: Answer, name: string): number => {
  const counts = at(answer.json, "data", "values", name)
  return keys(counts).reduce((sum, date) => sum + Number(at(counts, date)), 0)
}

const seriesOf = (answer: Answer) => items(at(answer.json, "data", "series"))

describe("the query API", () => {
  const segmentation = (sandbox: Sandbox.SandboxServer, query: Record<string, string>) => {
    const range = { project_id: shop, event: "Login", from_date: "2026-01-01", to_date: "2026-01-31" }
    const search = new URLSearchParams({ ...range, ...query })
    return call(sandbox, `/api/query/segmentation?${search}`, { headers: team })
  }

  withSandbox("names events", (sandbox) =>
    Effect.gen(function* () {
      const answer = yield* call(sandbox, `/api/query/events/names?project_id=${shop}`, { headers: team })
      assert.deepStrictEqual(answer.json, ["Login", "Sign Up", "Product Viewed", "Add to Cart", "Purchase"])
    })
  )

  withSandbox("counts the same in every unit and split", (sandbox) =>
    Effect.gen(function* () {
      const days = yield* segmentation(sandbox, {})
      assert.strictEqual(at(days.json, "legend_size"), 1)
      assert.strictEqual(seriesOf(days).length, 31)
      assert.deepStrictEqual(keys(at(days.json, "data", "values", "Login")), seriesOf(days))
      const all = total(days, "Login")
      assert.isAbove(all, 100)
      for (const [unit, length] of Object.entries({ minute: 44640, hour: 744, week: 5, month: 1 })) {
        const other = yield* segmentation(sandbox, { unit })
        assert.strictEqual(seriesOf(other).length, length)
        assert.strictEqual(total(other, "Login"), all)
      }
      const split = yield* segmentation(sandbox, { on: 'properties["country"]' })
      assert.strictEqual(at(split.json, "legend_size"), 4)
      const countries = keys(at(split.json, "data", "values"))
      assert.deepStrictEqual(countries, ["US", "DE", "IN", "BR"])
      const parts = countries.map((country) => total(split, country))
      assert.strictEqual(
        parts.reduce((sum, part) => sum + part, 0),
        all
      )
      const german = yield* segmentation(sandbox, { where: 'properties["country"] == "DE"' })
      assert.strictEqual(total(german, "Login"), parts[1])
      assert.strictEqual(seriesOf(yield* segmentation(sandbox, { unit: "week" }))[0], "2025-12-29")
      const unknown = (yield* segmentation(sandbox, { event: "Nope" })).json
      assert.deepStrictEqual([at(unknown, "data", "values"), at(unknown, "legend_size")], [{}, 0])
    })
  )

  withSandbox("refuses malformed queries", (sandbox) =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<readonly [Record<string, string>, RegExp]> = [
        [{ event: "" }, /event/],
        [{ from_date: "" }, /from_date/],
        [{ to_date: "2026-02-30" }, /to_date: must be a date/],
        [{ from_date: "01/02/2026" }, /from_date/],
        [{ from_date: "2026-02-01" }, /not be later/],
        [{ unit: "year" }, /unit: must be one of minute/],
        [{ where: "boom(" }, /where: cannot parse/],
        [{ on: "boom(" }, /on: cannot parse/],
        [{ from_date: "1900-01-01" }, /shorter/],
        [{ from_date: "2025-01-01", unit: "minute" }, /too long/]
      ]
      for (const [query, error] of wrong) failsWith(yield* segmentation(sandbox, query), 400, error)
    })
  )

  withSandbox("exports what it counts, also for the project's own secret", (sandbox) =>
    Effect.gen(function* () {
      const search = 'from_date=2026-01-01&to_date=2026-01-02&event=["Login"]'
      const own = basic("sandbox-project-secret-3018488", "")
      const answer = yield* call(sandbox, `/api/2.0/export?${search}`, { headers: own })
      const lines = answer.text.trimEnd().split("\n").map(parseJson)
      const counted = yield* segmentation(sandbox, { to_date: "2026-01-02" })
      assert.strictEqual(lines.length, total(counted, "Login"))
      assert.strictEqual(at(lines[0], "event"), "Login")
      const seconds = Number(at(lines[0], "properties", "time"))
      assert.strictEqual(new Date(seconds * 1000).toISOString().slice(0, 10), "2026-01-01")
      const few = yield* call(sandbox, `/api/2.0/export?${search}&limit=2&project_id=${shop}`, { headers: team })
      assert.strictEqual(few.text.trimEnd().split("\n").length, 2)
      failsWith(yield* call(sandbox, `/api/2.0/export?${search}&project_id=3713224`, { headers: own }), 403, /access/)
      failsWith(yield* call(sandbox, `/api/2.0/export?${search}`, { headers: team }), 400, /project_id/)
    })
  )

  withSandbox("answers profiles", (sandbox) =>
    Effect.gen(function* () {
      for (const path of ["/api/query/engage", "/api/2.0/engage"]) {
        const answer = yield* call(sandbox, `${path}?project_id=${shop}`, { method: "POST", headers: team })
        assert.deepInclude(answer.json, { status: "ok", page: 0, total: 5 })
        assert.strictEqual(items(at(answer.json, "results")).length, 5)
      }
      const body = new URLSearchParams({ project_id: shop, page: "1" })
      const next = yield* call(sandbox, "/api/query/engage", { method: "POST", headers: team, body })
      assert.deepStrictEqual(at(next.json, "results"), [])
    })
  )
})

describe("ingestion", () => {
  withSandbox("checks the token of every event and profile", (sandbox) =>
    Effect.gen(function* () {
      const token = "sandbox-project-token-3018488"
      const post = (path: string, body: unknown) =>
        call(sandbox, path, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" }
        })
      const event = { event: "Login", properties: { token } }
      assert.deepStrictEqual((yield* post("/track", [event])).json, { status: 1, error: null })
      assert.strictEqual((yield* post("/track", [event, { event: "x", properties: { token: "?" } }])).status, 401)
      assert.strictEqual((yield* post("/track", [])).status, 400)
      assert.strictEqual((yield* post("/engage", [{ $token: token, $distinct_id: "a", $set: {} }])).status, 200)
      const data = Buffer.from(JSON.stringify(event)).toString("base64")
      const form = yield* call(sandbox, "/track/", { method: "POST", body: new URLSearchParams({ data }) })
      assert.strictEqual(form.status, 200)
    })
  )

  withSandbox("imports all or nothing", (sandbox) =>
    Effect.gen(function* () {
      const headers = basic("sandbox-project-secret-3018488", "")
      const lines = '{"event":"a","properties":{}}\n{"event":"b","properties":{}}\n'
      const good = yield* call(sandbox, "/import?strict=1", { method: "POST", headers, body: lines })
      assert.deepStrictEqual(good.json, { code: 200, num_records_imported: 2, status: "OK" })
      const bad = yield* call(sandbox, "/import", { method: "POST", headers, body: `${lines}nonsense` })
      assert.strictEqual(bad.status, 400)
      assert.strictEqual(at(bad.json, "failed_records", "0", "index"), 2)
      assert.strictEqual((yield* call(sandbox, "/import", { method: "POST", body: lines })).status, 401)
    })
  )
})

/** What a broker decides, for requests in any spelling: another project gets nowhere, the own one does. */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { type BrokerRules, parseAllowedPath } from "#src/domain/broker/BrokerRules.ts"
import { decide } from "#src/domain/broker/decide.ts"
import { examineBody } from "#src/domain/broker/examineBody.ts"

const project = ProjectId.make("3018488")
const rules: BrokerRules = { project, readOnly: false, allow: [] }

const asked = (target: string, method = "GET", given: Partial<BrokerRules> = {}) =>
  decide({ ...rules, ...given }, { method, target, headers: {} })

const statusOf = (decided: ReturnType<typeof decide>) => (Either.isLeft(decided) ? decided.left.status : 200)

const json = { "content-type": ["application/json"] }
const form = { "content-type": ["application/x-www-form-urlencoded"] }

const examined = (text: string, headers: Readonly<Record<string, ReadonlyArray<string>>> = json) =>
  Either.match(examineBody(project, headers, new TextEncoder().encode(text)), {
    onLeft: ({ status }) => status,
    onRight: () => 200
  })

const otherProject = fc.stringMatching(/^[0-9]{1,12}$/).filter((id) => id !== project)

/** The same name to whoever decodes it. */
const nameSpelling = fc
  .tuple(
    fc.constantFrom(
      "project_id",
      "projectId",
      "PROJECT_ID",
      "project",
      "project_ids",
      "source_project_id",
      "project_id[]"
    ),
    fc.nat(20)
  )
  .map(([name, at]) =>
    at < name.length ? `${name.slice(0, at)}%${name.charCodeAt(at).toString(16)}${name.slice(at + 1)}` : name
  )

const familyPath = fc.constantFrom(
  "/api/query/segmentation",
  "/api/query/engage",
  "/api/2.0/export",
  "/api/2.0/engage",
  "/import",
  `/api/app/projects/${project}/cohorts`
)

const noise = fc.array(
  fc.stringMatching(/^[a-z]{1,5}=[a-z0-9%+]{0,5}$/).filter((pair) => !/%(?![0-9a-f]{2})/.test(pair)),
  {
    maxLength: 3
  }
)

describe("another project", () => {
  it("in the query is refused, however its name is spelled and wherever it stands", () => {
    fc.assert(
      fc.property(
        familyPath,
        nameSpelling,
        otherProject,
        noise,
        noise,
        fc.constantFrom("&", ";"),
        (path, name, id, before, after, mark) => {
          const query = [...before, `${name}=${id}`, ...after].join(mark)
          expect(statusOf(asked(`${path}?${query}`))).toBe(403)
          expect(statusOf(asked(`${path}?project_id=${project}&${query}`))).toBe(403)
        }
      ),
      { numRuns: 500 }
    )
  })

  it("in the path is refused, and so is every way of writing the own one that is not the plain one", () => {
    const segment = fc.oneof(
      otherProject,
      fc.constantFrom(
        "%33018488",
        "3018488%20",
        "３０１８４８８",
        "3018488;x",
        "03018488",
        "+3018488",
        "3018488.0",
        "",
        ".",
        ".."
      )
    )
    fc.assert(
      fc.property(segment, fc.constantFrom("projects", "Projects", "project"), (id, noun) => {
        expect(statusOf(asked(`/api/app/${noun}/${id}/cohorts`))).not.toBe(200)
        expect(statusOf(asked(`/api/app/projects/${project}/${noun}/${id}/x`))).not.toBe(200)
        expect(statusOf(asked(`/api/app/projects/${project}/../${id}/cohorts`))).not.toBe(200)
      })
    )
  })

  it("in JSON is refused at any depth, also where the own one follows or precedes it under the same name", () => {
    const key = fc.constantFrom("project_id", "projectId", "project_ids", "target_project_id", "project\\u005fid")
    const wrap = fc.array(
      fc.constantFrom<(text: string) => string>(
        (text) => `[${text}]`,
        (text) => `{"a":${text}}`,
        (text) => `{"b":1,"c":[0,${text}]}`,
        (text) => JSON.stringify({ params: text })
      ),
      { maxLength: 3 }
    )
    fc.assert(
      fc.property(
        key,
        otherProject.filter((id) => !id.startsWith("0")),
        wrap,
        fc.constantFrom("number", "text", "list"),
        (name, id, wraps, kind) => {
          const value = { number: id, text: `"${id}"`, list: `[${project}, ${id}]` }[kind]
          for (const object of [
            `{"${name}":${value}}`,
            `{"${name}":${value},"project_id":${project}}`,
            `{"project_id":"${project}","${name}":${value}}`
          ]) {
            expect(examined(wraps.reduce((text, around) => around(text), object))).toBe(403)
          }
        }
      ),
      { numRuns: 500 }
    )
  })

  it("in an object that is a project is refused", () => {
    expect(examined(`{"project":{"id":77}}`)).toBe(403)
    expect(examined(`{"projects":[{"id":${project}},{"id":"77"}]}`)).toBe(403)
    expect(examined(`{"project":{"id":${project}}}`)).toBe(200)
    expect(examined(`{"project":"Apollo","properties":{"id":77}}`)).toBe(200)
  })

  it("in a form is refused, and in the JSON that a field of it holds", () => {
    fc.assert(
      fc.property(nameSpelling, otherProject, noise, (name, id, others) => {
        expect(examined([...others, `${name}=${id}`].join("&"), form)).toBe(403)
        expect(examined(`params=${encodeURIComponent(`{"project_id":"${id}"}`)}`, form)).toBe(403)
        // A server that does not ask for the type sees the JSON.
        expect(examined(`{"project_id":"${id}"}`, form)).toBe(403)
      })
    )
  })
})

describe("the own project", () => {
  it("is let through wherever it stands", () => {
    for (const target of [
      `/api/query/segmentation?project_id=${project}&event=Login`,
      `/api/app/projects/${project}/cohorts?page=2`,
      "/api/app/me",
      "/api/app/me?include=all"
    ]) {
      expect(Either.map(asked(target), (route) => route.target)).toEqual(Either.right(target))
    }
    expect(examined(`{"project_id":${project},"where":"properties[\\"project\\"] == 5"}`)).toBe(200)
    expect(examined(`project_id=${project}&event=%5B%22Login%22%5D`, form)).toBe(200)
  })

  it("is named where a query names none", () => {
    expect(Either.map(asked("/api/query/events/names?type=general"), (route) => route.target)).toEqual(
      Either.right(`/api/query/events/names?type=general&project_id=${project}`)
    )
    expect(Either.map(asked("/api/2.0/export"), (route) => route.target)).toEqual(
      Either.right(`/api/2.0/export?project_id=${project}`)
    )
  })
})

describe("what names no project", () => {
  it.each([
    ["/api/app/organizations/1/service-accounts", 403],
    ["/api/app/data-deletions/v3.0?token=x", 403],
    ["/oauth/token/", 403],
    ["/track", 403],
    ["/engage", 403],
    ["/", 403],
    ["/somewhere", 403],
    ["//api/app/me", 400],
    ["http://mixpanel.com/api/app/me", 400],
    ["/api/app/./me", 400],
    ["/api/app/%6de", 400],
    ["/api/query/a%2fb", 400],
    ["/api/query/a%252fb", 400],
    ["/api/query/a\\b", 400],
    ["/api/query/a?x=1#y", 400],
    ["*", 400]
  ])("%s is refused", (target, status) => {
    expect(statusOf(asked(target))).toBe(status)
  })

  it("asks for a look at the workspace where the path has one", () => {
    expect(Either.map(asked("/api/app/workspaces/77/dashboards"), (route) => route.workspaces)).toEqual(
      Either.right(["77"])
    )
  })
})

describe("--read-only", () => {
  it("lets through what reads, and nothing else", () => {
    const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "MOVE"]
    fc.assert(
      fc.property(familyPath, fc.constantFrom(...methods), (path, method) => {
        const reads = method === "GET" || method === "HEAD" || (method === "POST" && /query|2\.0\/engage/.test(path))
        expect(statusOf(asked(path, method, { readOnly: true })) === 200).toBe(reads)
      })
    )
  })
})

describe("--allow", () => {
  const allow = ["/api/query/segmentation", "/api/app/projects/*/cohorts"].map((path) =>
    Either.getOrThrow(parseAllowedPath(path))
  )

  it("lets through these paths and what is below them", () => {
    expect(statusOf(asked("/api/query/segmentation/sum", "GET", { allow }))).toBe(200)
    expect(statusOf(asked(`/api/app/projects/${project}/cohorts/5`, "GET", { allow }))).toBe(200)
    expect(statusOf(asked("/api/query/segmentationx", "GET", { allow }))).toBe(403)
    expect(statusOf(asked("/api/app/me", "GET", { allow }))).toBe(403)
  })

  it.each(["api/query", "/api/../query", "/api//query", "/api/query?x=1", "/api/%71uery", ""])(
    "%j is no path rule",
    (text) => {
      expect(Either.isLeft(parseAllowedPath(text))).toBe(true)
    }
  )
})

describe("a body that nobody can look at", () => {
  it.each<readonly [string, Uint8Array | string, Readonly<Record<string, ReadonlyArray<string>>>]>([
    ["is neither JSON nor a form", "a=b", { "content-type": ["text/plain"] }],
    ["is a form of several parts", "--x", { "content-type": ["multipart/form-data; boundary=x"] }],
    ["is encoded", "{}", { ...json, "content-encoding": ["gzip"] }],
    ["has another character set", "{}", { "content-type": ["application/json; charset=utf-7"] }],
    ["is no UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), json]
  ])("%s", (_, body, headers) => {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
    const status = Either.match(examineBody(project, headers, bytes), {
      onLeft: (denied) => denied.status,
      onRight: () => 200
    })
    expect([400, 415]).toContain(status)
  })

  it("is looked at in a time that grows with its length", () => {
    const long = `{"a":[${`"${"\\\\".repeat(50)}",`.repeat(20_000)}0]}`
    expect(examined(long)).toBe(200)
  })
})

/** What callers of the library may ask for, and the small tables that requests go by. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { OAuthTokenAccount, ServiceAccount } from "#src/domain/account/Account.ts"
import { accepted, choose, type CredentialKind } from "#src/domain/api/AuthMethod.ts"
import {
  allowedOrigins,
  apiFamilies,
  baseUrl,
  familyOfPath,
  noOverrides,
  parseBaseUrl
} from "#src/domain/api/Endpoints.ts"
import { AccountName, parseWorkspaceId, ProjectId, regions, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { Session, Project, WorkspaceRef } from "#src/domain/session/Session.ts"
import { type SessionRequest, toOverrides } from "#src/domain/session/SessionRequest.ts"

describe("a request", () => {
  it.each<[SessionRequest, string]>([
    [{ project: "abc" }, "project must be a string of digits"],
    [{ project: "" }, "project must be"],
    [{ project: "٣" }, "project must be"],
    [{ workspace: 0 }, "workspace must be a positive integer"],
    [{ workspace: 1.5 }, "workspace must be"],
    [{ workspace: Number.NaN }, "workspace must be"],
    [{ target: "t", account: "a" }, "target already says account, project and workspace"],
    [{ target: "t", workspace: 1, origins: { workspace: "--workspace" } }, "cannot be combined with --workspace"]
  ])("%o is refused", (request, words) => {
    const result = toOverrides(request)
    expect(Either.isLeft(result) && result.left.code).toBe("INVALID_ARGUMENT")
    expect(Either.isLeft(result) && result.left.message).toContain(words)
  })

  it.each([
    ["1", 1],
    ["0", null],
    ["-1", null],
    ["+1", null],
    [" 1", null],
    ["1_0", null],
    ["1e3", null],
    ["0x1", null],
    ["٣", null],
    ["", null],
    ["9007199254740991", 9_007_199_254_740_991],
    ["9007199254740992", null]
  ])("the workspace '%s' is %s", (text, id) => {
    expect(Option.getOrNull(Either.getRight(parseWorkspaceId(text)))).toBe(id)
  })
})

describe("a session", () => {
  const account = (name: string) =>
    new ServiceAccount({ name: AccountName.make(name), region: "us", username: "u", secret: Redacted.make("s") })
  const project = (id: string) => new Project({ id: ProjectId.make(id) })
  const workspace = (id: number, of?: string) =>
    Option.some(
      new WorkspaceRef({ id: WorkspaceId.make(id), projectId: Option.map(Option.fromNullable(of), ProjectId.make) })
    )
  const session = new Session({
    account: account("a"),
    project: project("1"),
    workspace: workspace(5, "1"),
    headers: { "X-C": Redacted.make("v") }
  })

  it("drops its workspace when it moves, and keeps it when it does not", () => {
    expect(session.replace({ project: project("2") }).workspace).toEqual(Option.none())
    expect(session.replace({ account: account("b") }).workspace).toEqual(Option.none())
    expect(session.replace({ project: project("1") }).workspaceId).toEqual(Option.some(5))
    expect(session.replace({ workspace: Option.none() }).workspace).toEqual(Option.none())
    expect(session.replace({ headers: {} }).headers).toEqual({})
    expect(session.replace({}).headers).toEqual(session.headers)
  })

  it("refuses a workspace of another project, from the start and later", () => {
    const elsewhere = "belongs to another project"
    expect(() => new Session({ account: account("a"), project: project("1"), workspace: workspace(5, "2") })).toThrow(
      elsewhere
    )
    expect(() => session.replace({ workspace: workspace(6, "2") })).toThrow(elsewhere)
    expect(session.replace({ project: project("2"), workspace: workspace(6, "2") }).workspaceId).toEqual(Option.some(6))
  })

  it("has headers that cannot be changed", () => {
    expect(Object.isFrozen(session.headers)).toBe(true)
    expect(Object.isFrozen(session.replace({ headers: { a: Redacted.make("b") } }).headers)).toBe(true)
  })

  it("a bearer account needs exactly one of token and variable", () => {
    const of = (token: boolean, tokenEnv: boolean) =>
      new OAuthTokenAccount({
        name: AccountName.make("t"),
        region: "us",
        token: token ? Option.some(Redacted.make("x")) : Option.none(),
        tokenEnv: tokenEnv ? Option.some("X") : Option.none()
      })
    expect(of(true, false).type + of(false, true).type).toBe("oauth_tokenoauth_token")
    expect(() => of(true, true)).toThrow("exactly one of token, token_env")
    expect(() => of(false, false)).toThrow("exactly one of token, token_env")
  })
})

describe("hosts", () => {
  it("are those of the region, and never another's", () => {
    for (const region of regions) {
      const own = allowedOrigins(region, noOverrides)
      for (const other of regions.filter((name) => name !== region)) {
        expect([...allowedOrigins(other, noOverrides)].filter((origin) => own.has(origin))).toEqual([])
      }
    }
    expect(baseUrl("query", "eu", noOverrides)).toBe("https://eu.mixpanel.com/api/query")
    expect(baseUrl("export", "in", noOverrides)).toBe("https://data-in.mixpanel.com/api/2.0")
    expect(baseUrl("app", "us", noOverrides)).toBe("https://mixpanel.com/api/app")
  })

  it("move with their variables: all of them, or the app family alone", () => {
    const api = Either.getOrThrow(parseBaseUrl("MP_API_BASE_URL", "http://127.0.0.1:1/prefix/"))
    const app = Either.getOrThrow(parseBaseUrl("MP_APP_BASE_URL", "https://app.example"))
    const moved = { api: Option.some(api), app: Option.some(app) }
    expect([...allowedOrigins("eu", moved)].sort()).toEqual(["http://127.0.0.1:1", "https://app.example"])
    expect(baseUrl("query", "eu", moved)).toBe("http://127.0.0.1:1/prefix/api/query")
    expect(baseUrl("app", "eu", moved)).toBe("https://app.example/api/app")
  })

  it.each([
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example",
    "ftp://127.0.0.1",
    "//x",
    ""
  ])("%s gets no credential", (url) => {
    expect(Either.isLeft(parseBaseUrl("MP_API_BASE_URL", url))).toBe(true)
  })

  it.each([
    ["/api/app/me", "app"],
    ["/api/app/data-retrievals/v3.0/x", "gdpr"],
    ["/api/query/engage", "engage"],
    ["/api/2.0/engage", "engage"],
    ["/api/2.0/export", "export"],
    ["/api/2.0/nessie/pipeline/jobs", "pipelines"],
    ["/import", "import"],
    ["/api/apple", null],
    ["/", null]
  ])("%s belongs to %s", (path, family) => {
    expect(Option.getOrNull(familyOfPath(path))).toBe(family)
  })
})

describe("credentials by family", () => {
  const kinds: ReadonlyArray<CredentialKind> = ["service_account", "project_secret", "project_token", "oauth_token"]
  const sets = Array.from({ length: 16 }, (_, bits) => kinds.filter((_, index) => (bits >> index) % 2 === 1))

  it("the preferred one of those at hand, or an error that says what is needed and how to give it", () => {
    for (const family of apiFamilies) {
      for (const available of sets) {
        const wanted = accepted[family].find((kind) => available.includes(kind))
        const chosen = choose(family, available)
        expect(Either.isRight(chosen) ? chosen.right : undefined).toBe(wanted)
        if (Either.isLeft(chosen)) expect(chosen.left.hints).toHaveLength(accepted[family].length)
      }
    }
  })
})

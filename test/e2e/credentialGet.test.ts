/** `mp credential get`: what each protocol answers for each kind of account, and to whom nothing is given. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { describe, expect } from "vitest"
import { allowedOrigins, noOverrides } from "#src/domain/api/Endpoints.ts"
import { home, runHere, type World } from "../support/inProcess.ts"

const config = (settings = "") => `[accounts.team]
type = "service_account"
region = "us"
username = "robot"
secret = "s3cret"

[accounts.ci]
type = "oauth_token"
region = "eu"
token_env = "CI_TOKEN"

[accounts.me]
type = "oauth_browser"
region = "in"

[targets.eu]
account = "ci"
project = "7"

[active]
account = "me"
${settings}`

const tokens = (expiresAt: string) =>
  JSON.stringify({
    access_token: "access",
    refresh_token: "refresh",
    expires_at: expiresAt,
    token_type: "Bearer",
    scope: ""
  })
const bridge = JSON.stringify({
  version: 2,
  account: { name: "agent", type: "oauth_token", region: "us", token: "bridged" },
  project: "5"
})

const world = (more: World = {}, settings = ""): World => ({
  ...more,
  files: {
    "~/.mp/config.toml": config(settings),
    "~/.mp/accounts/me/tokens.json": tokens("2099-01-01T00:00:00Z"),
    ...more.files
  }
})
const get = (protocol: string, flags: ReadonlyArray<string> = [], more: World = {}, settings = "") =>
  runHere(["credential", "get", "--protocol", protocol, ...flags], world(more, settings))

const asking = (uri: unknown): World => ({ stdin: JSON.stringify({ uri }) })
const json = (text: string): unknown => JSON.parse(text)
const basic = `Basic ${Buffer.from("robot:s3cret").toString("base64")}`
const never = "2099-01-01T00:00:00.000Z"

describe("mp credential get", () => {
  it.effect.each([
    ["headers", { Authorization: "Bearer access" }],
    ["json", { type: "oauth_browser", header: { name: "Authorization", value: "Bearer access" }, expires_at: never }],
    ["bazel", { headers: { Authorization: ["Bearer access"] }, expires: never }],
    [
      "exec-credential",
      {
        apiVersion: "client.authentication.k8s.io/v1",
        kind: "ExecCredential",
        status: { token: "access", expirationTimestamp: never }
      }
    ]
  ] as const)("a login, to %s: one line of JSON and nothing else", ([protocol, answer]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* get(protocol, [], asking("https://in.mixpanel.com/api/app/me"))
      expect([code, stderr, stdout.trimEnd().split("\n").length]).toEqual([0, "", 1])
      expect(json(stdout)).toEqual(answer)
    })
  )

  it.effect.each([
    ["a service account", ["-a", "team"], {}, "service_account", basic],
    ["a bearer in a variable", ["-a", "ci"], { CI_TOKEN: "of-ci" }, "oauth_token", "Bearer of-ci"],
    ["a target", ["-t", "eu"], { CI_TOKEN: "of-ci" }, "oauth_token", "Bearer of-ci"],
    [
      "a bearer of the environment",
      ["-a", "team"],
      { MP_OAUTH_TOKEN: "of-env", MP_REGION: "us", MP_PROJECT_ID: "1" },
      "oauth_token",
      "Bearer of-env"
    ],
    [
      "a service account of the environment",
      [],
      { MP_USERNAME: "robot", MP_SECRET: "s3cret", MP_REGION: "us", MP_PROJECT_ID: "1" },
      "service_account",
      basic
    ],
    ["MP_ACCOUNT", [], { MP_ACCOUNT: "team" }, "service_account", basic],
    ["a bridge", [], { MP_AUTH_FILE: `${home}/vm.json` }, "oauth_token", "Bearer bridged"]
  ] as const)("%s", ([, flags, env, type, value]) =>
    Effect.gen(function* () {
      const { code, stdout } = yield* get("json", [...flags], { env, files: { [`${home}/vm.json`]: bridge } })
      expect(code).toBe(0)
      expect(json(stdout)).toEqual({ type, header: { name: "Authorization", value }, expires_at: null })
    })
  )

  it.effect("answers a client of Kubernetes in the version that it asks for, and no other one", () =>
    Effect.gen(function* () {
      const asked = (text: string) => get("exec-credential", [], { env: { KUBERNETES_EXEC_INFO: text } })
      const { stdout } = yield* asked('{"apiVersion":"client.authentication.k8s.io/v1beta1","spec":{}}')
      expect(json(stdout)).toMatchObject({ apiVersion: "client.authentication.k8s.io/v1beta1" })
      for (const text of ["{", "[]", '{"apiVersion":"client.authentication.k8s.io/v1alpha1"}']) {
        const refused = yield* asked(text)
        expect([refused.code, refused.stdout]).toEqual([1, ""])
        expect(refused.stderr).toContain("KUBERNETES_EXEC_INFO")
      }
    })
  )

  it.effect("has no ExecCredential of a service account", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* get("exec-credential", ["-a", "team"])
      expect([code, stdout]).toEqual([2, ""])
      expect(stderr).toContain("a service account has a user name and a secret instead")
      expect(stderr).toContain("mp credential get --protocol json --account team")
      expect(stderr).not.toContain("s3cret")
    })
  )

  it.effect.each([
    "https://mixpanel.com/",
    "http://in.mixpanel.com/",
    "https://in.mixpanel.com.evil.example/",
    "https://in.mixpanel.com@evil.example/",
    "https://in.mixpanel.com:8443/",
    "https://in.mixpanel.com\\@evil.example/",
    "https:in.mixpanel.com/",
    "//in.mixpanel.com/",
    "/api/app/me",
    "file:///etc/passwd",
    "in.mixpanel.com"
  ])("gives nothing for %s", (uri) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* get("bazel", [], asking(uri))
      expect([code, stdout]).toEqual([2, ""])
      expect(stderr).toContain(`echo '{"uri":"https://in.mixpanel.com/"}' | mp credential get --protocol bazel`)
    })
  )

  const own = allowedOrigins("in", noOverrides)
  it.effect.prop(
    "gives nothing for an address whose host is another",
    { uri: FastCheck.webUrl() },
    ({ uri }) =>
      Effect.gen(function* () {
        const { code, stdout } = yield* get("bazel", [], asking(uri))
        expect([code, stdout === ""]).toEqual(own.has(new URL(uri).origin) ? [0, false] : [2, true])
      }),
    { fastCheck: { numRuns: 30 } }
  )

  it.effect("goes to the address that a variable gives, and says so", () =>
    Effect.gen(function* () {
      const env = { MP_API_BASE_URL: "https://gateway.example" }
      const moved = yield* get("bazel", [], { ...asking("https://gateway.example/api/app/me"), env })
      expect([moved.code, moved.stderr.includes("MP_API_BASE_URL")]).toEqual([0, true])
      const former = yield* get("bazel", [], { ...asking("https://in.mixpanel.com/"), env })
      expect(former.code).toBe(2)
    })
  )

  it.effect.each(["", "x", "[]", "{}", '{"uri":7}', '{"uri":""}', "null"])("stdin %o is exit 3", (stdin) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* get("bazel", [], { stdin })
      expect([code, stdout]).toEqual([3, ""])
      expect(stderr).toContain('must hold a JSON object with "uri"')
    })
  )

  it.effect.each(["", "5", "90s", "1h30m", "2w"])("--min-ttl %o is met by what lasts", (text) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* get("json", text === "" ? [] : ["--min-ttl", text])
      expect([code, stderr]).toEqual([0, ""])
    })
  )

  it.effect.each(["5x", "m", "-5m", "1.5h", "5m ", "9".repeat(10)])("--min-ttl %o is exit 3", (text) =>
    Effect.gen(function* () {
      const { code, stdout } = yield* get("json", [`--min-ttl=${text}`])
      expect([code, stdout]).toEqual([3, ""])
    })
  )

  it.effect("needs a login, and a variable", () =>
    Effect.gen(function* () {
      const files = { "~/.mp/accounts/me/tokens.json": "{" }
      expect((yield* get("headers", [], { files })).code).toBe(2)
      expect((yield* get("headers", ["-a", "ci"])).code).toBe(2)
      expect((yield* get("headers", ["-a", "gone"])).code).toBe(4)
      expect((yield* get("xml")).code).toBe(3)
    })
  )

  it.effect('is told to the audit with audit = "all", once, with no secret', () =>
    Effect.gen(function* () {
      for (const flags of [[], ["-a", "team"]]) {
        const { files } = yield* get("headers", flags, {}, '[settings]\naudit = "all"\n')
        const told = files[`${home}/.mp/audit.jsonl`] ?? ""
        expect(json(told)).toMatchObject({ event: "token", account: flags[1] ?? "me", pid: process.ppid })
        expect(told).not.toMatch(/"access"|s3cret|cm9ib3Q6/)
        expect((yield* get("headers", flags)).files[`${home}/.mp/audit.jsonl`]).toBeUndefined()
      }
    })
  )
})

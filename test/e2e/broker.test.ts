/** `mp broker`: what guests may do, where it listens, and what is left of it. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { ask, basic, echoServer, project, raw, secret, serveBroker, teamConfig } from "../support/broker.ts"
import { builtMp } from "../support/builtMp.ts"
import { makeHome, runMp } from "../support/mp.ts"
import { mpEnvironment } from "../support/mpEnvironment.ts"
import { needs } from "../support/needs.ts"

const config = `${teamConfig}
[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "${project}"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "${project}"
token_env = "CI_BEARER"
`

const tokens = `{"access_token": "access-of-the-user", "expires_at": "2035-01-01T00:00:00+00:00", "token_type": "Bearer", "scope": "", "refresh_token": "refresh-of-the-user", "client_id": "c"}`

const home = makeHome({ ".mp/config.toml": config, ".mp/accounts/me/tokens.json": tokens })

/** All that must never be seen by a guest. */
const credentials = [secret, basic, "access-of-the-user", "refresh-of-the-user", "bearer-of-ci"]

const printEnv = [process.execPath, "-e", "console.log(JSON.stringify(process.env))"]

const seenBy = (stdout: string): Record<string, string> => JSON.parse(stdout)

const noCredentialIn = (text: string): void => {
  for (const one of credentials) expect(text).not.toContain(one)
}

describe("mp broker run", () => {
  it.scoped("gives the child an address and a token of its own, and nothing of the credential", () =>
    Effect.gen(function* () {
      const env = {
        MP_SECRET: "",
        MP_PROJECT_SECRET: "project-secret",
        MP_APP_BASE_URL: "http://127.0.0.1:1",
        MP_CUSTOM_HEADER_NAME: "X-Key",
        MP_CUSTOM_HEADER_VALUE: "v",
        CI_BEARER: "bearer-of-ci"
      }
      const { code, stdout } = yield* runMp(["-a", "ci", "broker", "run", "--", ...printEnv], {
        home: yield* home,
        env
      })
      expect(code).toBe(0)
      const seen = seenBy(stdout)
      expect(Object.fromEntries(Object.entries(seen).filter(([name]) => /^(MP_|CI_)/.test(name)))).toEqual({
        MP_API_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[0-9]+$/),
        MP_OAUTH_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
        MP_PROJECT_ID: project,
        MP_REGION: "us"
      })
      noCredentialIn(stdout)
    })
  )

  it.scoped("gives a child in token mode the two variables of its own", () =>
    Effect.gen(function* () {
      const args = ["-a", "me", "broker", "run", "--mode", "token", "--", ...printEnv]
      const { stderr, stdout } = yield* runMp(args, { home: yield* home })
      const names = Object.keys(seenBy(stdout)).filter((name) => name.startsWith("MP_"))
      expect(names.toSorted()).toEqual(["MP_BROKER_TOKEN", "MP_BROKER_URL"])
      expect(stderr).toBe("")
    })
  )

  it.scoped("lets mp work as it does without a broker, for each kind of account", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const directory = yield* home
      const [{ secret: real, username }] = sandbox.credentials.serviceAccounts
      const [{ token }] = sandbox.credentials.bearers
      const place = { MP_PROJECT_ID: project, MP_REGION: "us", MP_API_BASE_URL: sandbox.url }
      for (const env of [
        { ...place, MP_USERNAME: username, MP_SECRET: real },
        { ...place, MP_OAUTH_TOKEN: token }
      ]) {
        for (const words of [
          ["inspect", "events"],
          ["api", "/api/app/me"],
          ["api", "/api/app/projects/{project_id}/workspaces/{workspace_id}/dashboards"],
          ["project", "list"],
          ["workspace", "list"]
        ]) {
          const direct = yield* runMp(words, { home: directory, env })
          const brokered = yield* runMp(["broker", "run", "--", process.execPath, builtMp, ...words], {
            home: directory,
            env
          })
          expect({ ...brokered, stderr: "" }).toEqual({ ...direct, stderr: "" })
          expect(
            direct.code === 0 || words.includes("/api/app/projects/{project_id}/workspaces/{workspace_id}/dashboards")
          ).toBe(true)
        }
      }
    })
  )

  it.scoped("is in the audit, with the program and the rules", () =>
    Effect.gen(function* () {
      const directory = yield* home
      yield* runMp(["broker", "run", "--read-only", "--allow", "/api/query", "--", "true"], { home: directory })
      expect(readFileSync(join(directory, ".mp/audit.jsonl"), "utf8")).toMatch(
        /"event":"broker","account":"team","program":"true","rule":"proxy read-only \/api\/query"/
      )
    })
  )

  const codes: ReadonlyArray<readonly [number, ReadonlyArray<string>, string]> = [
    [7, ["--", "sh", "-c", "exit 7"], ""],
    [143, ["--", "sh", "-c", "kill -TERM $$"], ""],
    [127, ["--", "no-such-command"], "mp broker run -- sh -c no-such-command"],
    [3, ["sh"], "comes after '--'"],
    [3, ["--allow", "query", "--", "true"], "--allow query must begin with '/'"],
    [3, ["--mode", "token", "--read-only", "--", "true"], "no rule can decide"],
    [3, ["--mode", "both", "--", "true"], "--mode"]
  ]
  it.scoped.each(codes)("ends with %i: %j", ([code, args, message]) =>
    Effect.gen(function* () {
      const outcome = yield* runMp(["broker", "run", ...args], { home: yield* home })
      expect(outcome).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) })
    })
  )

  it.scoped.each(["SIGTERM", "SIGINT"] as const)("forwards %s, and its port is gone with the child", (signal) =>
    Effect.gen(function* () {
      const directory = yield* home
      const script = `process.on("${signal}", () => process.exit(5)); setInterval(() => {}, 1000); console.log(process.env.MP_API_BASE_URL)`
      const { code, url } = yield* Effect.promise(async () => {
        const child = spawn(process.execPath, [builtMp, "broker", "run", "--", process.execPath, "-e", script], {
          env: mpEnvironment(directory),
          stdio: ["ignore", "pipe", "inherit"]
        })
        const [line] = await once(child.stdout, "data")
        child.kill(signal)
        const [ended] = await once(child, "exit")
        return { code: ended, url: String(line).trim() }
      })
      expect(code).toBe(5)
      expect(
        yield* Effect.promise(() =>
          fetch(url).then(
            () => "answered",
            () => "gone"
          )
        )
      ).toBe("gone")
    })
  )
})

describe("a guest", () => {
  const served = (args: ReadonlyArray<string> = []) =>
    Effect.gen(function* () {
      const mixpanel = yield* echoServer
      const directory = yield* home
      const env = { MP_API_BASE_URL: mixpanel.url, CI_BEARER: "bearer-of-ci" }
      return { mixpanel, directory, broker: yield* serveBroker(["--port", "0", ...args], { home: directory, env }) }
    })

  it.scoped("gets answers without the credential, though the server repeats it", () =>
    Effect.gen(function* () {
      const { broker, mixpanel } = yield* served()
      const { body, headers, status } = yield* ask(broker, "/api/query/segmentation?event=Login", {
        headers: {
          authorization: `Bearer ${broker.token}`,
          connection: "x-mine",
          "x-mine": "1",
          "x-kept": "2",
          "x-http-method-override": "DELETE",
          "x-forwarded-host": "evil.example",
          cookie: "a=b"
        }
      })
      expect(status).toBe(200)
      noCredentialIn(body + JSON.stringify(headers))
      expect(headers).toMatchObject({ "x-repeated": expect.stringMatching(/^Basic \*+$/) })
      expect(headers["set-cookie"]).toBeUndefined()
      expect(mixpanel.seen).toMatchObject([
        {
          url: `/api/query/segmentation?event=Login&project_id=${project}`,
          headers: { authorization: `Basic ${basic}`, "x-kept": "2" }
        }
      ])
      const names = Object.keys(mixpanel.seen[0]?.headers ?? {})
      expect(names).not.toEqual(expect.arrayContaining(["x-mine"]))
      expect(names).not.toEqual(expect.arrayContaining(["cookie"]))
      expect(names.filter((name) => /override|forwarded/.test(name))).toEqual([])
    })
  )

  it.scoped("that goes away gives the request up, also while Mixpanel says nothing", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const server = createServer((_, response) => void response.writeHead(200).write("a")).listen(0, "127.0.0.1")
          await once(server, "listening")
          return { server, closed: once(server, "request").then(([, response]) => once(response, "close")) }
        }),
        ({ server }) => Effect.sync(() => void server.close())
      )
      const address = gone.server.address()
      const port = typeof address === "object" ? address?.port : 0
      const env = { MP_API_BASE_URL: `http://127.0.0.1:${port}` }
      const broker = yield* serveBroker(["--port", "0"], { home: yield* home, env })
      const request = `GET /api/query/a HTTP/1.1\r\nHost: ${new URL(broker.url).host}\r\nAuthorization: Bearer ${broker.token}\r\n\r\n`
      expect(yield* raw(broker, request)).toMatch(/^HTTP\/1\.1 200/)
      yield* Effect.promise(() => gone.closed)
    })
  )

  it.scoped("is told of a redirect, which nobody follows", () =>
    Effect.gen(function* () {
      const { broker, mixpanel } = yield* served()
      const { headers, status } = yield* ask(broker, "/api/query/moved")
      expect(status).toBe(302)
      expect(mixpanel.seen.length).toBe(1)
      noCredentialIn(JSON.stringify(headers))
    })
  )

  const refused: ReadonlyArray<readonly [number, string, Parameters<typeof ask>[2]?]> = [
    [403, "/api/query/segmentation?project_id=77"],
    [403, "/api/app/projects/77/cohorts"],
    [502, "/api/app/workspaces/99/dashboards"],
    [403, "/oauth/token/", { method: "POST", body: "{}" }],
    [405, "/api/app/me", { method: "OPTIONS" }],
    [401, "/api/app/me", { headers: {} }],
    [401, "/api/app/me", { headers: { authorization: "Bearer wrong" } }],
    [421, "/api/app/me", { headers: { host: "evil.example" } }],
    [403, "/api/app/me", { headers: { origin: "http://127.0.0.1" } }]
  ]
  it.scoped("is refused in words, and nothing is sent", () =>
    Effect.gen(function* () {
      const { broker, mixpanel } = yield* served()
      for (const [status, path, options] of refused) {
        const told = yield* ask(broker, path, options)
        expect({ path, status: told.status, error: JSON.parse(told.body).error }).toEqual({
          path,
          status,
          error: expect.stringMatching(/\w.*\.$/)
        })
      }
      const post = {
        method: "POST",
        body: `{"a":[{"project_id":77}]}`,
        headers: { authorization: `Bearer ${broker.token}` }
      }
      expect((yield* ask(broker, "/api/query/jql", post)).status).toBe(403)
      // The one look at the workspaces of the project.
      expect(mixpanel.seen.filter(({ url }) => !/me$|workspaces|metadata/.test(url))).toEqual([])
    })
  )

  it.scoped("gets to the workspaces of the project, and to no other", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const [{ token }] = sandbox.credentials.bearers
      const env = { MP_API_BASE_URL: sandbox.url, MP_OAUTH_TOKEN: token, MP_PROJECT_ID: project, MP_REGION: "us" }
      const broker = yield* serveBroker(["--port", "0"], { home: yield* home, env })
      const ruleOf = (id: number) =>
        Effect.map(ask(broker, `/api/app/workspaces/${id}/dashboards`), ({ body }) => JSON.parse(body).rule)
      const ids = Sandbox.defaultData.projects.map(
        ({ id, workspaces }) => [id, workspaces.map((one) => one.id)] as const
      )
      for (const [id, workspaces] of ids) {
        for (const workspace of workspaces) {
          expect([id, yield* ruleOf(workspace)]).toEqual([id, id === project ? undefined : "workspace"])
        }
      }
    })
  )

  it.scoped("reads and does not write with --read-only, and goes where --allow says", () =>
    Effect.gen(function* () {
      const { broker } = yield* served([
        "--read-only",
        "--allow",
        "/api/query",
        "--allow",
        "/api/app/projects/*/cohorts"
      ])
      const statusOf = (path: string, method = "GET") =>
        Effect.map(ask(broker, path, { method }), ({ status }) => status)
      expect(yield* statusOf("/api/query/jql", "POST")).toBe(200)
      expect(yield* statusOf(`/api/app/projects/${project}/cohorts`)).toBe(200)
      expect(yield* statusOf(`/api/app/projects/${project}/cohorts`, "POST")).toBe(403)
      expect(yield* statusOf("/import", "POST")).toBe(403)
      expect(yield* statusOf("/api/app/me")).toBe(403)
    })
  )

  it.scoped("streams events into /import, and is cut off at the bound", () =>
    Effect.gen(function* () {
      const { broker, mixpanel } = yield* served()
      const headers = { authorization: `Bearer ${broker.token}`, "content-type": "application/json" }
      const event = `{"event":"x","properties":{"project_id":77,"note":"${"y".repeat(1000)}"}}`
      const body = `[${Array.from({ length: 9000 }, () => event).join(",")}]`
      expect((yield* ask(broker, "/import", { method: "POST", headers, body })).status).toBe(200)
      expect(mixpanel.seen.at(-1)?.body.length).toBe(body.length)
      const long = { method: "POST", headers, body: " ".repeat(9 * 1_048_576) }
      const told = yield* Effect.either(
        Effect.catchAllDefect(ask(broker, "/api/query/jql", long), () => Effect.fail("cut off"))
      )
      expect(told._tag === "Left" || told.right.status === 413).toBe(true)
    })
  )
})

describe("token mode", () => {
  it.scoped("hands a bearer out for the session's own addresses alone", () =>
    Effect.gen(function* () {
      const directory = yield* home
      const broker = yield* serveBroker(["--port", "0", "--mode", "token", "--account", "me"], { home: directory })
      const credential = (uri: string, token = broker.token) =>
        ask(broker, "/credential", {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify({ uri })
        })
      const own = yield* credential("https://mixpanel.com/api/app/me")
      expect(JSON.parse(own.body)).toEqual({
        headers: { Authorization: ["Bearer access-of-the-user"] },
        expires: "2035-01-01T00:00:00.000Z"
      })
      expect(own.headers).toMatchObject({ "cache-control": "no-store" })
      for (const uri of [
        "https://eu.mixpanel.com/",
        "https://mixpanel.com.evil.example/",
        "http://mixpanel.com/",
        "x"
      ]) {
        const told = yield* credential(uri)
        expect(told.status).toBe(403)
        noCredentialIn(told.body)
      }
      expect((yield* credential("https://mixpanel.com/", "wrong")).status).toBe(401)
      expect((yield* ask(broker, "/api/app/me")).status).toBe(404)
    })
  )
})

describe("a bearer that the server refuses", () => {
  it.scoped("is not told to the guest where there is another one", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const directory = yield* home
      const [{ token }] = sandbox.credentials.bearers
      const env = { MP_API_BASE_URL: sandbox.url, MP_OAUTH_TOKEN: token, MP_PROJECT_ID: project, MP_REGION: "us" }
      const broker = yield* serveBroker(["--port", "0"], { home: directory, env })
      expect((yield* ask(broker, "/api/app/me")).status).toBe(200)
      yield* sandbox.script({ path: "/api/app/me", status: 401 })
      // A static bearer has no other: the guest hears what the server said.
      expect((yield* ask(broker, "/api/app/me")).status).toBe(401)
    })
  )

  it.scoped("is told to the user when the broker has none at all", () =>
    Effect.gen(function* () {
      const directory = yield* makeHome({ ".mp/config.toml": config })
      const broker = yield* serveBroker(["--port", "0", "--account", "me"], { home: directory })
      const told = yield* ask(broker, "/api/app/me")
      expect(told).toMatchObject({ status: 502, body: expect.stringContaining("OAUTH_TOKEN_ERROR") })
      expect(told.body).not.toContain(directory)
      expect(broker.stderr()).toContain("mp account login me")
    })
  )
})

describe("the socket", () => {
  const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8)

  it.scoped("is for its owner alone, asks for no token, and is gone at the end", () =>
    Effect.gen(function* () {
      const mixpanel = yield* echoServer
      const directory = yield* home
      const broker = yield* serveBroker([], { home: directory, env: { MP_API_BASE_URL: mixpanel.url } })
      const path = join(directory, ".mp/run/broker.sock")
      expect({ socket: broker.socket, token: broker.token, url: broker.url }).toEqual({
        socket: path,
        token: "",
        url: ""
      })
      expect([modeOf(path), modeOf(join(directory, ".mp/run"))]).toEqual(["600", "700"])
      expect((yield* ask(broker, "/api/app/me")).status).toBe(200)
      expect((yield* ask(broker, "/api/app/me", { headers: { host: "evil.example" } })).status).toBe(421)
      broker.child.kill("SIGTERM")
      expect(yield* Effect.promise(() => broker.ended)).toBe(130)
      expect(readdirSync(join(directory, ".mp/run")).filter((name) => !name.startsWith("."))).toEqual([])
    })
  )

  it.scoped("lies in XDG_RUNTIME_DIR where there is one", () =>
    Effect.gen(function* () {
      const directory = yield* home
      const broker = yield* serveBroker([], { home: directory, env: { XDG_RUNTIME_DIR: directory } })
      expect(broker.socket).toBe(join(directory, "mp/broker.sock"))
    })
  )

  it.scoped("of a broker that was killed is replaced, and that of one that lives is not", () =>
    Effect.gen(function* () {
      const directory = yield* home
      const first = yield* serveBroker([], { home: directory })
      const second = yield* runMp(["broker", "serve"], { home: directory })
      expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining("a broker listens there already") })
      expect(second.stderr).toContain("mp broker serve --port 0")
      first.child.kill("SIGKILL")
      yield* Effect.promise(() => first.ended)
      expect(existsSync(first.socket)).toBe(true)
      const third = yield* serveBroker([], { home: directory })
      expect(third.socket).toBe(first.socket)
      expect((yield* ask(third, "/oauth/token/")).status).toBe(403)
    })
  )

  it.scoped("does not take the place of anything else", () =>
    Effect.gen(function* () {
      const directory = yield* home
      mkdirSync(join(directory, ".mp/run"), { mode: 0o700 })
      writeFileSync(join(directory, ".mp/run/broker.sock"), "mine")
      const outcome = yield* runMp(["broker", "serve"], { home: directory })
      expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining("is not replaced") })
      chmodSync(join(directory, ".mp/run"), 0o755)
      const wide = yield* runMp(["broker", "serve"], { home: directory })
      expect(wide).toMatchObject({ code: 1, stderr: expect.stringContaining("chmod 700") })
    })
  )

  const strangers = needs("root", "strangers")
  it.scoped.skipIf(strangers.areUnmet)(strangers.title("is closed to other users"), () =>
    Effect.gen(function* () {
      const directory = yield* home
      chmodSync(directory, 0o755)
      chmodSync(join(directory, ".mp"), 0o755)
      const broker = yield* serveBroker([], { home: directory })
      const script = `require("net").connect(${JSON.stringify(broker.socket)}).on("error", (error) => console.log(error.code)).on("connect", () => console.log("in"))`
      const child = spawn("setpriv", [
        "--reuid=54321",
        "--regid=54321",
        "--clear-groups",
        process.execPath,
        "-e",
        script
      ])
      const [line] = yield* Effect.promise(() => once(child.stdout, "data"))
      expect(String(line).trim()).toBe("EACCES")
    })
  )
})

describe("mp broker serve", () => {
  it.scoped.each<readonly [ReadonlyArray<string>, string]>([
    [["--port", "70000"], "--port 70000 is no port"],
    [["--port", "0", "--socket", "x"], "listens at one"],
    [["--port", "-1"], ""],
    [["--allow", "/a/../b"], "--allow /a/../b"]
  ])("refuses %j", ([args, message]) =>
    Effect.gen(function* () {
      const outcome = yield* runMp(["broker", "serve", ...args], { home: yield* home })
      expect(outcome).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining(message) })
    })
  )

  it.scoped("says that a port is taken", () =>
    Effect.gen(function* () {
      const mixpanel = yield* echoServer
      const outcome = yield* runMp(["broker", "serve", "--port", new URL(mixpanel.url).port], { home: yield* home })
      expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining("the address is in use") })
    })
  )
})

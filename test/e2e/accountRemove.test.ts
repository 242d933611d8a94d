/** Deleting tokens is not ending the login: the command says so, or ends it at the server first. */
import { access } from "node:fs/promises"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { home, runHere } from "../support/inProcess.ts"
import { config, environment, found, tokens } from "../support/leaks.ts"
import { makeHome } from "../support/mp.ts"
import { needs } from "../support/needs.ts"
import { onTerminal } from "../support/onTerminal.ts"

const files = {
  "~/.mp/config.toml": config,
  "~/.mp/accounts/me/tokens.json": tokens.replace("{", '{"client_id": "minted", ')
}
const tokensPath = `${home}/.mp/accounts/me/tokens.json`

const revocations = (sandbox: Sandbox.SandboxServer) =>
  Effect.map(sandbox.requests, (all) => all.filter(({ path }) => path.endsWith("/revoke_token/")).length)

describe("account remove", () => {
  it.scopedLive("says that the login still lives at the server, and how to end it another time", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const env = { ...environment, ...sandbox.environment }
      const done = yield* runHere(["account", "remove", "me", "--force"], { files, env })
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("Removed account 'me'.") })
      expect(done.stderr).toMatch(/still lives at the server.*mp account remove NAME --revoke/)
      expect(Object.keys(done.files)).not.toContain(tokensPath)
      expect(yield* revocations(sandbox)).toBe(0)
      const other = yield* runHere(["account", "remove", "team", "--force"], { files, env })
      expect(other).toMatchObject({ code: 0, stderr: "" })
    })
  )

  it.scopedLive("--revoke ends it first, and says what happened; nothing where the account is in use", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const env = { ...environment, ...sandbox.environment }
      yield* sandbox.script({ path: "/oauth/revoke_token/", status: 200, body: {} })
      yield* sandbox.script({ path: "/oauth/revoke_token/", status: 200, body: {} })
      const done = yield* runHere(["account", "remove", "me", "--force", "--revoke", "-f", "json"], { files, env })
      expect(done.code).toBe(0)
      expect(JSON.parse(done.stdout)).toMatchObject({ name: "me", revoked: true })
      expect(yield* revocations(sandbox)).toBeGreaterThan(0)
      expect(found(done.stdout + done.stderr)).toEqual([])
      yield* sandbox.clearRequests
      const target = '\n[targets.mine]\naccount = "me"\nproject = "1"\n'
      const used = { ...files, "~/.mp/config.toml": config + target }
      const refused = yield* runHere(["account", "remove", "me", "--revoke"], { files: used, env })
      expect(refused).toMatchObject({ code: 1, stdout: "" })
      expect(Object.keys(refused.files)).toContain(tokensPath)
      expect(yield* revocations(sandbox)).toBe(0)
    })
  )

  it.scopedLive("--revoke where the server cannot be asked: removed, and said", () =>
    Effect.gen(function* () {
      const env = { ...environment, MP_API_BASE_URL: "http://127.0.0.1:1", MP_APP_BASE_URL: "http://127.0.0.1:1" }
      const done = yield* runHere(["account", "remove", "me", "--force", "--revoke"], { files, env })
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("not revoked at the server") })
      expect(Object.keys(done.files)).not.toContain(tokensPath)
    })
  )
})

const terminal = needs("script")

describe.skipIf(terminal.areUnmet)(terminal.title("account remove on a terminal"), () => {
  const asked = /Also end the login of 'me' at the server/

  /** What is answered, and what the server hears of it. */
  const removing = (words: string, answer: string | undefined, env: Readonly<Record<string, string>> = {}) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({ oauth: false })
      const fault = { path: "/oauth/revoke_token/", status: 200, body: {} }
      yield* sandbox.script(fault, fault)
      const directory = yield* makeHome({
        ".mp/config.toml": config,
        ".mp/accounts/me/tokens.json": files["~/.mp/accounts/me/tokens.json"]
      })
      const screen = yield* onTerminal(["account", "remove", ...words.split(" ")], {
        home: directory,
        env: { ...sandbox.environment, ...env }
      })
      if (answer !== undefined) {
        yield* screen.shows(asked)
        yield* screen.press(answer)
      }
      const { code, shown } = yield* screen.ended
      const isThere = yield* Effect.promise(() =>
        access(`${directory}/.mp/accounts/me/tokens.json`).then(
          () => true,
          () => false
        )
      )
      return { code, shown, isThere, revoked: (yield* revocations(sandbox)) > 0 }
    })

  it.scopedLive.each([
    ["y", "y", { code: 0, isThere: false, revoked: true }, /tokens revoked at the server and removed/],
    ["n", "n", { code: 0, isThere: false, revoked: false }, /still lives at the server/],
    ["Return", "\r", { code: 0, isThere: false, revoked: false }, /still lives at the server/],
    ["Ctrl-C", "\u0003", { code: 130, isThere: true, revoked: false }, /./]
  ] as const)("asks whether the login shall end at the server: %s", ([, answer, outcome, said]) =>
    Effect.gen(function* () {
      const done = yield* removing("me", answer)
      expect(done).toMatchObject(outcome)
      expect(done.shown).toMatch(said)
    })
  )

  it.scopedLive.each([
    ["me --no-input", {}],
    ["me --force", {}],
    ["me", { CI: "1" }],
    ["team", {}]
  ] as const)("asks nothing: account remove %s, %j", ([words, env]) =>
    Effect.gen(function* () {
      const done = yield* removing(words, undefined, env)
      expect(done).toMatchObject({ code: 0, revoked: false, isThere: words === "team" })
      expect(done.shown).not.toMatch(asked)
    })
  )

  it.scopedLive("CI=false is none", () =>
    Effect.gen(function* () {
      expect(yield* removing("me", "n", { CI: "false" })).toMatchObject({ code: 0, revoked: false })
    })
  )
})

it.effect("account update --region says it of the login that it drops", () =>
  Effect.gen(function* () {
    const moved = yield* runHere(["account", "update", "me", "--region", "in"], { files, env: environment })
    expect(moved.code).toBe(0)
    expect(moved.stderr).toMatch(
      /still lives at the server.* mp account login me logs in to in\. .* mp account logout me ends the old login first/
    )
    const same = yield* runHere(["account", "update", "me", "--project", "5"], { files, env: environment })
    expect(same).toMatchObject({ code: 0, stderr: "" })
  })
)

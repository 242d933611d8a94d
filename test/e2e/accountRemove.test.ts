/** Deleting tokens is not ending the login: the command says so, or ends it at the server first. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { home, runHere } from "../support/inProcess.ts"
import { config, environment, found, tokens } from "../support/leaks.ts"

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

it.effect("account update --region says it of the login that it drops", () =>
  Effect.gen(function* () {
    const moved = yield* runHere(["account", "update", "me", "--region", "in"], { files, env: environment })
    expect(moved.code).toBe(0)
    expect(moved.stderr).toMatch(/still lives at the server.*mp account logout NAME/)
    const same = yield* runHere(["account", "update", "me", "--project", "5"], { files, env: environment })
    expect(same).toMatchObject({ code: 0, stderr: "" })
  })
)

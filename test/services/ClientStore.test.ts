/** Registrations are for the server that made them: an override leaves those of Mixpanel alone, and the other way round. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { readFileSync } from "node:fs"
import { describe, expect } from "vitest"
import type { OAuthTokens } from "#src/domain/oauth/OAuthTokens.ts"
import { layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { ScriptedHttp, type ScriptedHandler } from "#src/layers/memory/ScriptedHttp.ts"
import { ClientStore } from "#src/services/oauth/ClientStore.ts"
import { OAuthFlow } from "#src/services/oauth/OAuthFlow.ts"
import { headlessFile } from "../support/mp.ts"

type Files = Readonly<Record<string, string>>

const mixpanel = "https://eu.mixpanel.com"
const gateway = "https://gateway.example"
const file = "~/.mp/oauth/client_eu.json"
const foreign = readFileSync(headlessFile("home-mp/oauth/client_eu.json"), "utf8")

/** Each server registers clients of its own, and knows no others but those that it is told of. */
const servers = (known: ReadonlyArray<string>): ScriptedHandler => {
  const registered = new Set(known)
  return ({ body, url }) => {
    const { origin, pathname } = new URL(url)
    if (pathname.endsWith("/register/")) {
      registered.add(`client of ${origin}`)
      return { status: 201, body: { client_id: `client of ${origin}` } }
    }
    const clientId = new URLSearchParams(body).get("client_id") ?? ""
    if (!registered.has(clientId)) return { status: 401, body: { error: "invalid_client" } }
    return { body: { access_token: "at", token_type: "Bearer", expires_in: 60, refresh_token: "rt", scope: "" } }
  }
}

/** One login at a server, over files that were there: the client that was used, what was asked, and the files afterwards. */
const logIn = (server: string, files: Files, known: ReadonlyArray<string> = []) =>
  Effect.gen(function* () {
    const kept: Array<OAuthTokens> = []
    yield* Effect.flatMap(OAuthFlow, (flow) =>
      flow.login({
        region: "eu",
        keep: (tokens) => Effect.sync(() => kept.push(tokens)),
        openBrowser: true,
        timeoutSeconds: 60,
        pastes: Stream.empty,
        alwaysPaste: false,
        pastesAreFinal: false,
        report: () => Effect.void
      })
    )
    const sent = yield* Effect.flatMap(ScriptedHttp, ({ requests }) => requests)
    const after = yield* Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot)
    const [tokens] = kept
    const place = tokens && (yield* Effect.flatMap(ClientStore, (clients) => clients.describe("eu", tokens)))
    return {
      client: Option.getOrUndefined(Option.flatMap(Option.fromNullable(tokens), ({ clientId }) => clientId)),
      registered: sent.filter(({ url }) => url.endsWith("/register/")).map(({ url }) => new URL(url).origin),
      home: Object.fromEntries(
        Object.entries(after).map(([path, text]) => [path.replace(/^.*\/\.mp\//, "~/.mp/"), text])
      ),
      place: place?.replace(/^.*\/\.mp\//, "~/.mp/")
    }
  }).pipe(
    Effect.provide(
      layer({ files, http: servers(known), environment: server === mixpanel ? {} : { MP_API_BASE_URL: server } })
    )
  )

describe("a login at another server", () => {
  it.effect("leaves the registration of Mixpanel as it is, and keeps its own beside it", () =>
    Effect.gen(function* () {
      const first = yield* logIn(mixpanel, {})
      expect(first).toMatchObject({ client: `client of ${mixpanel}`, registered: [mixpanel], place: file })
      const second = yield* logIn(gateway, first.home)
      expect(second).toMatchObject({ client: `client of ${gateway}`, registered: [gateway] })
      expect(second.home[file]).toBe(first.home[file])
      expect(second.place).toMatch(/client_eu_[0-9a-f]{16}_19284\.json$/)
      // Both are found again.
      const known = [`client of ${mixpanel}`, `client of ${gateway}`]
      expect(yield* logIn(gateway, second.home, known)).toMatchObject({ client: known[1], registered: [] })
      expect(yield* logIn(mixpanel, second.home, known)).toMatchObject({ client: known[0], registered: [] })
    })
  )

  it.effect("registers nothing that Mixpanel is asked with, and gives way to Mixpanel's own", () =>
    Effect.gen(function* () {
      const first = yield* logIn(gateway, {})
      expect(first).toMatchObject({ client: `client of ${gateway}`, registered: [gateway], place: file })
      // Even if Mixpanel knew that client.
      const second = yield* logIn(mixpanel, first.home, [`client of ${gateway}`])
      expect(second).toMatchObject({ client: `client of ${mixpanel}`, registered: [mixpanel], place: file })
    })
  )

  it.effect("offers a registration that does not say where it was made, and never writes over it", () =>
    Effect.gen(function* () {
      const known = yield* logIn(gateway, { [file]: foreign }, ["cid-eu-0001"])
      expect(known).toMatchObject({ client: "cid-eu-0001", registered: [] })
      const unknown = yield* logIn(gateway, { [file]: foreign })
      expect(unknown).toMatchObject({ client: `client of ${gateway}`, registered: [gateway] })
      expect(unknown.home[file]).toBe(foreign)
      const again = yield* logIn(gateway, unknown.home, [`client of ${gateway}`])
      expect(again).toMatchObject({ client: `client of ${gateway}`, registered: [] })
    })
  )
})

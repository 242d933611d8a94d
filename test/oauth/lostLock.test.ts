/** Promises 1 and 3: a lock that is lost while the answer is on its way costs neither the answer nor a newer one. */
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { makeAuthority } from "./support/StrictAuthority.ts"
import { bearer, clientId, over, tokensOf, tokensPath } from "./support/world.ts"

const home = "/home/test"

/** A refresh whose lock is lost before the answer arrives, when `other` may have happened too. */
const losing = (other: (control: Context.Tag.Service<typeof MemoryFiles.MemoryFilesControl>) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const authority = makeAuthority()
    const memory = yield* Layer.build(
      MemoryFiles.layerWith({ [tokensPath(home)]: tokensText(tokensOf(authority.login(clientId))) })
    )
    const control = Context.get(memory, MemoryFiles.MemoryFilesControl)
    const http = ScriptedHttp.layer(({ body }) =>
      Effect.sync(() => authority.refresh(new URLSearchParams(body))).pipe(
        Effect.filterOrDieMessage(() => authority.figures().requests < 10, "asked again and again"),
        Effect.zipLeft(control.loseLock(tokensPath(home))),
        Effect.zipLeft(other(control))
      )
    )
    const files = Layer.succeed(CredentialFiles, Context.get(memory, CredentialFiles))
    const access = yield* Effect.provide(bearer, over(files, http, home))
    return { access, authority, stored: (yield* control.snapshot)[tokensPath(home)] ?? "" }
  })

describe("a lock that is lost after sending", () => {
  it.scoped("the answer is stored under the lock, taken again: one request, no reuse", () =>
    Effect.gen(function* () {
      const { access, authority, stored } = yield* losing(() => Effect.void)
      expect(authority.accepts(access)).toBe(true)
      expect(stored).toContain(access)
      expect(authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    })
  )

  it.scoped("what somebody else stored meanwhile stays", () =>
    Effect.gen(function* () {
      const theirs = tokensText(tokensOf(makeAuthority().login("other-client")))
      const { stored } = yield* losing((control) => control.plant(tokensPath(home), theirs.replaceAll("rt-", "xx-")))
      expect(stored).toBe(theirs.replaceAll("rt-", "xx-"))
    })
  )
})

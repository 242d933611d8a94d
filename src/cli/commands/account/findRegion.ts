/** The region of a credential, found by asking: loaded where no region was given. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { LoginCredential } from "../../../domain/login/LoginCredential.ts"
import { OAuthNetworkUnreachable } from "../../../domain/oauth/OAuthError.ts"
import { bareCredential } from "../../../services/login/bareCredential.ts"
import * as RegionProbe from "../../../services/login/RegionProbe.ts"
import type { Globals } from "../../app/Globals.ts"
import { invalid } from "../../app/invalid.ts"
import { online } from "../../app/network.ts"
import { withSignOfLife } from "../../app/signOfLife.ts"
import type { Terminal } from "../../app/Terminal.ts"
import { narrate } from "../login/person.ts"

const giveRegion = { flags: [["region", "us"]] } as const

export const findRegion = (credential: Exclude<LoginCredential, { readonly type: "oauth_browser" }>) =>
  Effect.gen(function* () {
    const { find } = yield* RegionProbe.RegionProbe
    const context = yield* Effect.context<Globals | Terminal>()
    const bare = yield* Effect.mapError(bareCredential(credential, Option.none()), ({ message }) =>
      invalid(
        `Without --region, mp tries the credential in each region, and there is no credential: ${message}`,
        giveRegion
      )
    )
    const { region } = yield* find({
      credential: bare,
      source: sourceOf(credential),
      region: Option.none(),
      report: (event) => Effect.provide(narrate(event), context)
    })
    return region
  }).pipe(
    Effect.catchTag("OAuthNetworkUnreachable", ({ attempts, source }) =>
      Effect.fail(new OAuthNetworkUnreachable({ attempts, source, fixes: [giveRegion] }))
    ),
    Effect.provide(Layer.provideMerge(RegionProbe.layer, online)),
    withSignOfLife
  )

const sourceOf = (credential: LoginCredential): string =>
  "tokenEnv" in credential ? credential.tokenEnv : "the account"

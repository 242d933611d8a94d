/** What a class of values is written as has the keys of the file or the answer in its type, and no others. */
import { expectTypeOf, it } from "vitest"
import type * as Library from "effect-mixpanel"

type Encoded = {
  readonly [Name in
    | "ActiveSession"
    | "BridgeFile"
    | "ClientRegistration"
    | "OAuthBrowserAccount"
    | "OAuthTokenAccount"
    | "OAuthTokens"
    | "PendingLogin"
    | "Project"
    | "ServiceAccount"
    | "Session"
    | "Target"
    | "WorkspaceRef"]: (typeof Library)[Name]["Encoded"]
}

/** `string` where any key will do. */
type OpenKeys = { readonly [Name in keyof Encoded]: string extends keyof Encoded[Name] ? Name : never }[keyof Encoded]

it("an encoded side is no index of any key", () => {
  expectTypeOf<OpenKeys>().toEqualTypeOf<never>()
  expectTypeOf<keyof Encoded["WorkspaceRef"]>().toEqualTypeOf<
    "id" | "name" | "is_default" | "is_global" | "is_visible" | "project_id"
  >()
  expectTypeOf<keyof Encoded["OAuthTokenAccount"]>().toEqualTypeOf<
    "type" | "name" | "region" | "default_project" | "token" | "token_env"
  >()
})

import { it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { describe, expect } from "vitest"
import { make } from "../../src/services/Locations.ts"

const locations = make({ home: "/home/jo", cwd: "/work" })

const all = (environment: Readonly<Record<string, string>>) =>
  Effect.all({
    config: locations.config,
    tokens: locations.tokens("a"),
    me: locations.meCache("a"),
    client: locations.client("eu"),
    bridge: locations.bridge
  }).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(environment)))))

const defaults = {
  config: "/home/jo/.mp/config.toml",
  tokens: "/home/jo/.mp/accounts/a/tokens.json",
  me: "/home/jo/.mp/accounts/a/me.json",
  client: "/home/jo/.mp/oauth/client_eu.json",
  bridge: {
    explicit: Option.none<string>(),
    home: "/home/jo/.claude/mixpanel/auth.json",
    workingDirectory: "/work/mixpanel_auth.json"
  }
}
const moved = { MP_CONFIG_PATH: "", MP_OAUTH_STORAGE_DIR: "", MP_AUTH_FILE: "" }

describe("where files live", () => {
  it.effect.each([{}, moved])("empty variables are unset: %o", (environment) =>
    Effect.map(all(environment), (found) => expect(found).toEqual(defaults))
  )

  it.effect("MP_CONFIG_PATH moves the configuration and nothing else", () =>
    Effect.map(all({ MP_CONFIG_PATH: "conf/mp.toml" }), (found) =>
      expect(found).toEqual({ ...defaults, config: "/work/conf/mp.toml" })
    )
  )

  it.effect("MP_OAUTH_STORAGE_DIR moves tokens, caches and registrations, and ~ is the home directory", () =>
    Effect.map(all({ MP_OAUTH_STORAGE_DIR: "~/store" }), (found) =>
      expect(found).toEqual({
        ...defaults,
        tokens: "/home/jo/store/accounts/a/tokens.json",
        me: "/home/jo/store/accounts/a/me.json",
        client: "/home/jo/store/oauth/client_eu.json"
      })
    )
  )

  it.effect("MP_AUTH_FILE is the only bridge", () =>
    Effect.map(all({ MP_AUTH_FILE: "~/b.json" }), (found) =>
      expect(found.bridge.explicit).toEqual(Option.some("/home/jo/b.json"))
    )
  )
})

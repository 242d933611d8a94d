/**
 * What lets the examples run alone: instead of your variables and Mixpanel, those of a sandbox on the
 * loopback interface. Your own programs leave this layer out.
 */
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ConfigProvider, Effect, Layer } from "effect"
import { Sandbox } from "effect-mixpanel/testing"

/** A directory that is never made: the examples neither read nor write your `~/.mp`. */
const nowhere = join(tmpdir(), `effect-mixpanel-examples-${process.pid}`)

const variablesOf = ({ credentials, environment }: Sandbox.SandboxServer) => {
  const [account] = credentials.serviceAccounts
  return {
    ...environment,
    MP_CONFIG_PATH: join(nowhere, "config.toml"),
    MP_OAUTH_STORAGE_DIR: nowhere,
    MP_AUTH_FILE: join(nowhere, "auth.json"),
    MP_USERNAME: account.username,
    MP_SECRET: account.secret,
    MP_PROJECT_ID: "3018488",
    MP_REGION: "us"
  }
}

/** A sandbox, and variables that name it and a service account of it, as long as the layer lives. */
export const sandbox = (options: Sandbox.SandboxOptions = {}) =>
  Layer.unwrapScoped(
    Effect.map(Sandbox.start(options), (server) =>
      Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variablesOf(server)))))
    )
  )

/**
 * What lets the examples run alone: instead of your variables and Mixpanel, those of a sandbox on the
 * loopback interface. Your own programs leave this layer out.
 */
import { rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ConfigProvider, Effect, Layer } from "effect"
import { Sandbox } from "effect-mixpanel/testing"

/** The examples neither read nor write your `~/.mp`; what they store is gone when they end. */
const directory = join(tmpdir(), `effect-mixpanel-examples-${process.pid}`)

const variablesOf = ({ credentials, environment }: Sandbox.SandboxServer) => {
  const [account] = credentials.serviceAccounts
  return {
    ...environment,
    MP_CONFIG_PATH: join(directory, "config.toml"),
    MP_OAUTH_STORAGE_DIR: directory,
    MP_AUTH_FILE: join(directory, "auth.json"),
    MP_USERNAME: account.username,
    MP_SECRET: account.secret,
    MP_PROJECT_ID: "3018488",
    MP_REGION: "us"
  }
}

const removed = Effect.addFinalizer(() => Effect.promise(() => rm(directory, { recursive: true, force: true })))

/** A sandbox, and variables that name it and a service account of it, as long as the layer lives. */
export const sandbox = (options: Sandbox.SandboxOptions = {}) =>
  Layer.unwrapScoped(
    Effect.map(Effect.zipRight(removed, Sandbox.start(options)), (server) =>
      Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variablesOf(server)))))
    )
  )

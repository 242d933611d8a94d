/** The built library in an app that esbuild makes one file of, which runs where there is no `node_modules`. */
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build, type Format } from "esbuild"
import { describe } from "vitest"
import { start } from "#src/layers/sandbox/Sandbox.ts"
import { makeHome } from "../support/mp.ts"
import { run } from "./support/command.ts"
import { root, temporaryDirectory } from "./support/project.ts"

/** A request with a credential of this machine, and an edit of the configuration under its lock. */
const app = `
import { Effect } from "effect"
import { Accounts, Mixpanel, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
const program = Effect.gen(function* () {
  const session = yield* (yield* SessionResolver).session()
  const names = yield* (yield* Mixpanel).events(session)
  yield* (yield* Accounts).update("team", { region: "eu" })
  return names.length
})
const told = Effect.catchAll(program, ({ code, message }) => Effect.succeed(code + ": " + message))
void Effect.runPromise(Effect.provide(told, layer)).then(console.log)`

/** A home with one account. */
const homeOf = (username: string, secret: string) =>
  makeHome({
    ".mp/config.toml": `
[active]
account = "team"

[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "${username}"
secret = "${secret}"
`
  })

/** The app as one file, without a banner. */
const bundled = (format: Format) =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory()
    const outfile = join(directory, format === "esm" ? "app.mjs" : "app.cjs")
    yield* Effect.promise(() =>
      build({
        stdin: { contents: app, resolveDir: root },
        bundle: true,
        platform: "node",
        format,
        outfile,
        logLevel: "warning"
      })
    )
    return (env: Readonly<Record<string, string>>) =>
      run(process.execPath, [outfile], { cwd: directory, env: { PATH: "/usr/bin:/bin", ...env } })
  })

describe.each(["esm", "cjs"] as const)("%s", (format) => {
  it.scoped(
    "has network, and edits the files of mp",
    () =>
      Effect.gen(function* () {
        const { credentials, environment } = yield* start()
        const [{ secret, username }] = credentials.serviceAccounts
        const home = yield* homeOf(username, secret)
        const outcome = yield* Effect.flatMap(bundled(format), (runApp) => runApp({ HOME: home, ...environment }))
        expect(outcome).toEqual({ code: 0, stdout: expect.stringMatching(/^[1-9]\d*\n$/), stderr: "" })
      }),
    120_000
  )
})

it.scoped(
  "a proxy, for which undici is needed, is refused at once in ES modules",
  () =>
    Effect.gen(function* () {
      const home = yield* homeOf("team.fake.mp-service-account", "fake-secret-of-a-test")
      const runApp = yield* bundled("esm")
      const { stdout } = yield* runApp({ HOME: home, HTTPS_PROXY: "http://127.0.0.1:9" })
      expect(stdout).toMatch(
        /^NETWORK_ERROR: .* need undici, which cannot be loaded from a bundle of ES modules; bundle as/
      )
    }),
  120_000
)

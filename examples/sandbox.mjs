/**
 * Keeps a sandbox running until Ctrl-C and prints commands for another terminal, which work there as they stand.
 *
 *     npm run sandbox
 *     npm run sandbox -- --port 4010
 */
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Sandbox } from "effect-mixpanel/testing"

const executable = fileURLToPath(new URL("../dist/bin/mp.cjs", import.meta.url))

/** For any shell, whatever is in the path. */
const quoted = (path) => `'${path.replaceAll("'", "'\\''")}'`

const instructions = ({ credentials, url }) => {
  const [account] = credentials.serviceAccounts
  const [bearer] = credentials.bearers
  const [project] = account.projects
  return `# A sandbox Mixpanel listens on ${url}. In another terminal, point mp at it:
mp() { node ${quoted(executable)} "$@"; }
export MP_API_BASE_URL=${url}

# and, to leave your own ~/.mp alone:
export MP_STORAGE_DIR="$(mktemp -d)"
export MP_CONFIG_PATH="$MP_STORAGE_DIR/config.toml"

# Log in as a person; a browser opens on the sandbox's own page:
mp login
mp status

# A service account:
printf %s ${account.secret} | mp account add team --type service_account --region us --project ${project} --username ${account.username} --secret-stdin
mp account use team
mp account test
mp inspect events
mp query segmentation -e Login --from 2026-01-01 --to 2026-01-07 --format table

# A static bearer (${bearer.email}), from the environment:
MP_OAUTH_TOKEN=${bearer.token} MP_PROJECT_ID=${project} MP_REGION=us mp session

# Ctrl-C here stops the sandbox.`
}

const port = () => {
  const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } })
  return /^\d{1,5}$/.test(values.port) && Number(values.port) < 65536
    ? Effect.succeed(Number(values.port))
    : Effect.fail(new Error("--port must be a number from 0 to 65535"))
}

const program = Effect.gen(function* () {
  const sandbox = yield* Sandbox.start({ port: yield* port() })
  yield* Console.log(instructions(sandbox))
  yield* Effect.never
}).pipe(
  Effect.scoped,
  Effect.tapError((error) => Console.error(error.message))
)

NodeRuntime.runMain(program, { disableErrorReporting: true })

/** What `mp help TOPIC` tells, read off the tables by which the code decides. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import type { knownVariables } from "../../../domain/doctor/variables.ts"
import type { FileError } from "../../../domain/errors.ts"
import type { Source } from "../../../domain/session/Resolution.ts"
import { Locations, searched } from "../../../services/platform/Locations.ts"
import { SharedStore } from "../../../services/storage/SharedStore.ts"
import { exitCodeOfCode, exitCodes } from "../../app/exitCode.ts"
import type { Format } from "../../app/globalFlags.ts"
import type { Fields } from "../../app/Json.ts"
import { list } from "../../app/output.ts"
import type { Topic } from "../../app/help.ts"

const proxy = "the proxy of requests"

/** In the order in which they are listed. */
const meanings = {
  MP_USERNAME: "service account: with MP_SECRET, MP_PROJECT_ID and MP_REGION it overrides everything else",
  MP_SECRET: "its secret",
  MP_OAUTH_TOKEN: "bearer: with MP_PROJECT_ID and MP_REGION it overrides everything but the service account",
  MP_REGION: "us, eu or in",
  MP_PROJECT_ID: "project; overrides --project",
  MP_WORKSPACE_ID: "workspace; overrides --workspace",
  MP_CUSTOM_HEADER_NAME: "a header for every request, below those of the session",
  MP_CUSTOM_HEADER_VALUE: "its value",
  MP_API_BASE_URL: "address in place of Mixpanel's API",
  MP_APP_BASE_URL: "address in place of Mixpanel's web application",
  https_proxy: proxy,
  HTTPS_PROXY: proxy,
  http_proxy: proxy,
  HTTP_PROXY: proxy,
  all_proxy: proxy,
  ALL_PROXY: proxy,
  MP_STORE: "the store that machines share: redis:, rediss: or postgres:; unset or file: the files of this machine",
  MP_STORE_KEY:
    "what seals the values in it: ID:BASE64 of 32 bytes, several with commas between; the first seals, all open",
  MP_STORE_NAMESPACE: "whose entries these are; mp if unset",
  MP_STORE_CACHE: "seconds for which a bearer is used from memory; 60 if unset",
  MP_STORE_REPLICAS: "replicas of a Redis that must have a claim before a refresh token is sent; 0 if unset",
  MP_ACCOUNT: "default of --account",
  MP_TARGET: "default of --target",
  MP_CONFIG_PATH: "the configuration file",
  MP_STORAGE_DIR: "the directory of logins and caches",
  MP_OAUTH_STORAGE_DIR: "the same; MP_STORAGE_DIR comes first",
  MP_AUTH_FILE: "the bridge file; if set, no other one is looked for",
  NODE_EXTRA_CA_CERTS: "a file with more certificates to trust",
  MP_PROJECT_SECRET: "secret of the project, for calls that take one",
  MP_PROJECT_TOKEN: "token of the project, for calls that take one",
  NO_PROXY: "hosts that are reached without a proxy",
  NO_COLOR: "any value but the empty one: no colour",
  CLICOLOR: "0: no colour",
  CLICOLOR_FORCE: "anything but 0: colour in pipes and files too",
  FORCE_HYPERLINK: "0: no links; anything else: links on every terminal",
  TERM: "dumb: no colour, no links, nothing that moves",
  LC_ALL: "or LC_CTYPE, or LANG: a locale without UTF-8 gets ASCII",
  CI: "anything but 0 and false: never prompt"
} satisfies Readonly<Record<(typeof knownVariables)[number], string> & Record<string, string>>

const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: "success",
  general: "general or configuration error",
  authentication: "authentication failed or is needed",
  invalidArgument: "invalid arguments",
  notFound: "account, target, project or session not found",
  rateLimited: "rate limited after retries",
  tryAgain: "temporary, try again: network, server, or a lock that is held",
  interrupted: "interrupted"
}

const formatMeanings: Readonly<Record<Format, string>> = {
  table: "for a person: columns or sentences, as wide as the terminal",
  json: "one JSON value; stderr is JSON too, one object a line",
  jsonl: "one JSON object a line",
  csv: "comma-separated values with a header (RFC 4180)",
  plain: "tab-separated values without a header"
}

const sourceMeanings: Readonly<Record<Source, string>> = {
  environment: "MP_USERNAME with MP_SECRET, or MP_OAUTH_TOKEN; MP_PROJECT_ID; MP_WORKSPACE_ID",
  flag: "--account, --project, --workspace; MP_ACCOUNT stands in for --account",
  target: "--target; MP_TARGET stands in for it",
  bridge: "MP_AUTH_FILE, else ~/.claude/mixpanel/auth.json; its project and workspace go with its account",
  directory:
    "[[directories]] of the configuration: mp use TARGET --here; the deepest rule for the working directory, all of it or nothing",
  active: "[active] of the configuration: mp account use, mp workspace use",
  account: "default_project of the account: mp project use"
}

const locations = Effect.gen(function* () {
  const at = yield* Locations
  const bridges = searched(yield* at.bridge)
  const known = yield* Effect.all({
    configuration: at.config,
    "logins and caches, by account": at.accounts,
    "OAuth client of a region": at.client("us")
  })
  const shared = Option.map(yield* Effect.serviceOption(SharedStore), ({ shown }) => shown)
  return [
    ...Object.entries(known).map(([what, path]) => ({
      what,
      path: Option.getOrElse(shared, () => path),
      moved_by: Option.isSome(shared) ? "MP_STORE" : what === "configuration" ? "MP_CONFIG_PATH" : "MP_STORAGE_DIR"
    })),
    ...bridges.map((path) => ({ what: "bridge, where there is one", path, moved_by: "MP_AUTH_FILE" }))
  ]
})

const named = (rows: Readonly<Record<string, string>>): ReadonlyArray<Fields> =>
  Object.entries(rows).map(([name, meaning]) => ({ name, meaning }))

const shown = (rows: ReadonlyArray<Fields>) =>
  list(rows, { columns: Object.keys(rows[0] ?? {}), headings: { moved_by: "MOVED BY" }, empty: "" })

const exitRows = Struct.entries(exitCodes).map(([name, code]) => ({
  code,
  meaning: exitMeanings[name],
  errors: Object.entries(exitCodeOfCode).flatMap(([error, exit]) => (exit === code ? [error] : []))
}))

const pages: Readonly<Record<Topic, Effect.Effect<ReadonlyArray<Fields>, FileError, Locations>>> = {
  environment: Effect.succeed(named(meanings)),
  "exit-codes": Effect.succeed(exitRows),
  files: locations,
  formatting: Effect.succeed(named(formatMeanings)),
  precedence: Effect.succeed(named(sourceMeanings))
}

export function* run(topic: Topic) {
  yield* shown(yield* pages[topic])
}

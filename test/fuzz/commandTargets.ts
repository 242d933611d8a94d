/** Command lines, variables, names, secrets that are typed, and the code that is kept between runs. */
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { parseSecret } from "#src/domain/account/credentialText.ts"
import { canonicalArgv } from "#src/cli/app/canonicalArgv.ts"
import { pack, unpack } from "#src/cli/start/CodeCacheEntry.ts"
import { route } from "#src/cli/start/route.ts"
import { facts } from "#src/cli/commands/mp.ts"
import { parseEndpointOverrides, parseEnvironment } from "#src/domain/session/Environment.ts"
import { AccountName, parse, parseWorkspaceId, ProjectId, Region } from "#src/domain/account/identifiers.ts"
import { mutated, nasty, pick, words } from "./generators.ts"
import { must, target } from "./target.ts"

const lineWords = [
  "account",
  "list",
  "add",
  "login",
  "token",
  "test",
  "project",
  "use",
  "target",
  "session",
  "--explain",
  "api",
  "-X",
  "POST",
  "exec",
  "--",
  "-a",
  "--account",
  "--format",
  "json",
  "-fjson",
  "--format=json",
  "-qv",
  "-p",
  "1",
  "--help",
  "-h",
  "--version",
  "team",
  "--type",
  "service_account",
  "--secret-stdin",
  "--",
  "",
  "-",
  "--no-",
  "--=",
  "-=",
  "--account=",
  "completions",
  "bash",
  "query",
  "segmentation",
  "-e",
  ...nasty.slice(0, 20)
]
const argv = fc.array(fc.oneof({ weight: 5, arbitrary: pick(lineWords) }, words), { maxLength: 9 })

const variables = [
  "MP_USERNAME",
  "MP_SECRET",
  "MP_OAUTH_TOKEN",
  "MP_REGION",
  "MP_PROJECT_ID",
  "MP_WORKSPACE_ID",
  "MP_CUSTOM_HEADER_NAME",
  "MP_CUSTOM_HEADER_VALUE",
  "MP_API_BASE_URL",
  "MP_APP_BASE_URL"
]
const environment = fc.dictionary(pick(variables), fc.oneof(pick(["us", "1", "X-A", "https://a.example"]), words), {
  maxKeys: 5
})

const reads =
  <A>(read: (text: string) => Either.Either<A, unknown>, shape: RegExp) =>
  (text: string) => {
    if (Either.isRight(read(text))) must(shape.test(text), "only what has the shape is taken")
  }
const readers = [
  reads(parse(AccountName), /^[A-Za-z0-9_-]{1,64}$/),
  reads(parse(ProjectId), /^[0-9]{1,20}$/),
  reads(parse(Region), /^(us|eu|in)$/),
  reads(parseWorkspaceId, /^[0-9]+$/)
]

const nothing = (): void => undefined

const code = pack({ code: Buffer.from("code of a bundle"), commands: ["account list"] }, "key")

export const commandTargets = [
  target("command line", 4, argv, (line) => {
    const understood = canonicalArgv(facts, line)
    if (Either.isLeft(understood)) must(understood.left.error.message !== "", "a refusal says why")
    route(line, ["account"])
  }),
  target("variables", 3, environment, (given) => {
    const read = (name: string) => Option.filter(Option.fromNullable(given[name]), (text) => text !== "")
    for (const found of [
      Either.map(parseEnvironment(read), nothing),
      Either.map(parseEndpointOverrides(read), nothing)
    ]) {
      if (Either.isLeft(found)) must(/MP_[A-Z_]+/.test(found.left.message), "a refusal names the variable")
    }
  }),
  target("names and ids", 4, fc.oneof(mutated(["team", "3018488", "us", "5", "a".repeat(64)]), words), (text) => {
    for (const read of readers) read(text)
  }),
  target("secret", 3, fc.oneof(mutated(["secret\n", "s\r\n", "a:b"]), words), (text) => {
    const found = parseSecret(text)
    if (Either.isRight(found))
      must(
        text.startsWith(Redacted.value(found.right)) && !/[\r\n\0]/.test(Redacted.value(found.right)),
        "a secret is a line, as it was given"
      )
  }),
  target("kept code", 3, fc.oneof(mutated([code.toString("latin1")]), words), (text) => {
    const file = Buffer.from(text, "latin1")
    const found = unpack(file.length, (bytes, position) => file.copy(bytes, 0, position), "key")
    if (found !== undefined) must(pack(found, "key").equals(file), "only what was packed is unpacked")
  })
]

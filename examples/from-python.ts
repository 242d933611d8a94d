/**
 * The lines of mixpanel_headless's configuration guide and API page, in this library: docs/from-python.md says
 * which is which. This program executes every line of ours that the page shows (the shell's are in
 * `from-python/commands.sh`) against a sandbox, and fails when the page shows one that it does not execute.
 */
import { spawn } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { ConfigProvider, Console, Data, Effect, Either, Layer, Option, Redacted, Stream } from "effect"
import {
  type Account,
  AccountCheck,
  AccountName,
  Accounts,
  ActiveSessions,
  BridgeExport,
  CurrentSession,
  Discovery,
  isLongLived,
  Locations,
  Login,
  type LoginEvent,
  Mixpanel,
  OAuthBrowserAccount,
  OAuthTokenAccount,
  OAuthTokens,
  Project,
  ProjectId,
  ServiceAccount,
  Session,
  SessionResolver,
  Target,
  Targets,
  TokenResolver,
  WorkspaceId,
  WorkspaceRef
} from "effect-mixpanel"
import { layerWith, makeLocations } from "effect-mixpanel/node"
import { Sandbox } from "effect-mixpanel/testing"

const root = fileURLToPath(new URL("..", import.meta.url))
const person = join(root, "examples/from-python/person.mjs")

/** Something on this page is not as it says. */
class Mismatch extends Data.TaggedError("Mismatch")<{ readonly message: string }> {}

const run = (command: string, args: ReadonlyArray<string>, options: { env?: NodeJS.ProcessEnv; stdin?: string } = {}) =>
  Effect.async<void, Mismatch>((resume) => {
    const child = spawn(command, args, { cwd: root, env: options.env ?? process.env })
    const said: Array<string> = []
    child.stdout.on("data", (chunk) => said.push(String(chunk)))
    child.stderr.on("data", (chunk) => said.push(String(chunk)))
    child.once("error", ({ message }) => resume(new Mismatch({ message })))
    child.once("close", (code) =>
      resume(code === 0 ? Effect.void : new Mismatch({ message: `${command} ended with ${code}:\n${said.join("")}` }))
    )
    child.stdin.end(options.stdin)
  })

/** How a person takes part in a login, through `report`: here, the program that approves. */
const approving = {
  openBrowser: false,
  timeoutSeconds: 30,
  pastes: Stream.empty,
  alwaysPaste: false,
  pastesAreFinal: false,
  report: (event: LoginEvent) =>
    event._tag === "Waiting" ? Effect.orDie(run(process.execPath, [person, event.url])) : Effect.void
} as const

const accountTypes = Effect.gen(function* () {
  const tokens = yield* TokenResolver
  const name = AccountName.make("team")
  const defaultProject = Option.some(ProjectId.make("3018488"))
  const [username, secret] = ["team.292e7c.mp-service-account", Redacted.make("sandbox-secret-team")]
  const account: Account = new ServiceAccount({ name, region: "us", defaultProject, username, secret })
  if (account.type === "service_account") yield* Console.log(`SA ${account.name}`, account.defaultProject)
  const jo = new OAuthBrowserAccount({ name: AccountName.make("jo"), region: "us" })
  const token = Option.some(Redacted.make("xyz"))
  const ci = new OAuthTokenAccount({ name: AccountName.make("ci"), region: "us", token })
  const agent = new OAuthTokenAccount({ name: AccountName.make("agent"), region: "eu", tokenEnv: Option.some("VAR") })
  yield* Console.log([account, jo, agent].map(isLongLived))
  yield* tokens.bearer(ci, "config")

  const [accessToken, expiresAt] = [Redacted.make("x"), Option.some(Date.now() + 10_000)]
  const login = new OAuthTokens({ accessToken, expiresAt, scope: "read", tokenType: "Bearer" })
  yield* Console.log(login.isExpiredAt(Date.now()))
})

const namespaces = Effect.gen(function* () {
  const accounts = yield* Accounts
  const login = yield* Login
  const targets = yield* Targets
  const active = yield* ActiveSessions
  const check = yield* AccountCheck
  const resolver = yield* SessionResolver

  const name = AccountName.make("team")
  const defaultProject = Option.some(ProjectId.make("3018488"))
  const [username, secret] = ["team.292e7c.mp-service-account", Redacted.make("sandbox-secret-team")]
  yield* accounts.add(new ServiceAccount({ name, region: "us", defaultProject, username, secret }))
  const personal = new OAuthBrowserAccount({ name: AccountName.make("personal"), region: "us", defaultProject })
  yield* accounts.add(personal)
  const { me, tokens } = yield* login.login("personal", approving)
  const email = Either.map(me, ({ userEmail }) => userEmail)
  yield* Console.log(email, tokens.expiresAt)

  const summaries = yield* accounts.list
  for (const { account, isActive } of summaries.flatMap((found) => Option.toArray(Either.getRight(found))))
    yield* Console.log(account.name, account.type, account.region, isActive ? "*" : "")
  yield* accounts.use("team")
  const probe = yield* check.run(yield* resolver.session())
  yield* Console.log(
    Either.isRight(probe.outcome),
    Either.map(probe.outcome, (found) => found.accessibleProjects)
  )
  yield* Console.log((yield* accounts.show("personal")).status)
  yield* accounts.update("personal", { defaultProject: ProjectId.make("3713224") })

  const [project, workspace] = [ProjectId.make("3018488"), WorkspaceId.make(3448414)]
  yield* targets.add(new Target({ name: "ecom", account: name, project, workspace: Option.some(workspace) }))
  yield* targets.use("ecom")
  yield* Console.log((yield* targets.list).length, (yield* targets.show("ecom")).project)
  const { account } = yield* active.get
  yield* Console.log(account)
  yield* active.use({ account: "team", project, workspace })
})

const sessions = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  const accounts = yield* Accounts
  yield* resolver.session()
  yield* resolver.session({ account: "team", project: "3713224" })
  yield* resolver.session({ workspace: 3448414 })
  yield* resolver.session({ target: "ecom" })
  const account = yield* accounts.get("team")
  const project = new Project({ id: ProjectId.make("3018488") })
  const workspace = Option.some(new WorkspaceRef({ id: WorkspaceId.make(3448414) }))
  const session = new Session({ account, project, workspace })
  yield* Console.log(session.projectId, session.workspaceId)
})

const switching = Effect.gen(function* () {
  const current = yield* CurrentSession
  const mixpanel = yield* Mixpanel
  yield* current.use({ project: "3018488" }).pipe(Effect.flatMap(mixpanel.events))
  yield* current.use({ account: "personal" }).pipe(Effect.flatMap(mixpanel.events))
  yield* current.use({ target: "ecom" }).pipe(Effect.flatMap(mixpanel.events))
  yield* current.use({ workspace: 3448414 }).pipe(Effect.flatMap(mixpanel.events))
  yield* current.use({ account: "team" })
  yield* current.use({ project: "3018488" })
  yield* current.use({ workspace: 3448414 })
  yield* current.use({ target: "ecom" })
  yield* current.use({ workspace: 3448414, persist: true })
  const session = yield* current.use({ project: "3018488", persist: true })
  return yield* mixpanel.segmentation(session, { event: "Login", from: "2026-04-01", to: "2026-04-21" })
})

const inParallel = Effect.gen(function* () {
  const current = yield* CurrentSession
  const discovery = yield* Discovery
  const mixpanel = yield* Mixpanel
  const session = yield* current.get
  const snapshots = (yield* discovery.projects(session)).map((project) => session.replace({ project }))
  const eventCount = (one: Session) => Effect.map(mixpanel.events(one), (events) => events.length)
  const counts = yield* Effect.forEach(snapshots, eventCount, { concurrency: 4 })
  yield* Console.log(counts)
})

const bridge = Effect.gen(function* () {
  const bridges = yield* BridgeExport
  yield* bridges.write({ to: "~/.claude/mixpanel/auth.json", account: "personal" })
  yield* bridges.remove("~/.claude/mixpanel/auth.json")
})

const goodbye = Effect.gen(function* () {
  const accounts = yield* Accounts
  const { orphaned } = yield* accounts.remove("team", { force: true })
  yield* Console.log(orphaned)
})

const library = Effect.gen(function* () {
  yield* accountTypes
  yield* namespaces
  yield* sessions
  const current = CurrentSession.layer()
  yield* Effect.provide(Effect.zipRight(switching, inParallel), current)
  yield* bridge
  yield* goodbye
})

/** The page's lines are whole lines of the script, and code of this program; comments do not count. */
const isExecuted = (script: string, source: string) => {
  const commands = new Set(script.split("\n").map((line) => line.trim()))
  const code = source
    .split("\n")
    .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
    .join("\n")
  return (line: string): boolean => commands.has(line) || code.includes(line)
}

/** The code in the last column of every table of the page. */
const shownLines = (page: string): ReadonlyArray<string> =>
  page
    .split("\n")
    .filter((line) => /^\|.*\|$/.test(line))
    .flatMap((row) => [...(row.split(/(?<!\\)\|/).at(-2) ?? "").matchAll(/(`+)(.+?)\1(?!`)/g)])
    .map(([, , code = ""]) => code.replaceAll("\\|", "|"))

const pageAgrees = Effect.gen(function* () {
  const read = (path: string) => Effect.promise(() => readFile(join(root, path), "utf8"))
  const executed = isExecuted(yield* read("examples/from-python/commands.sh"), yield* read("examples/from-python.ts"))
  const lines = shownLines(yield* read("docs/from-python.md"))
  const strays = lines.filter((line) => !executed(line))
  if (strays.length > 0)
    return yield* new Mismatch({ message: `docs/from-python.md shows what is not executed:\n${strays.join("\n")}` })
  return lines.length
})

const home = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "from-python-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** `layer` as it is, but for the home directory: yours is not touched. */
const inLibrary = (server: Sandbox.SandboxServer, directory: string) => {
  const machine = layerWith({
    locations: Layer.succeed(Locations, makeLocations({ home: directory, cwd: directory }))
  })
  const variables = ConfigProvider.fromMap(new Map(Object.entries(server.environment)))
  return Effect.provide(library, Layer.provideMerge(machine, Layer.setConfigProvider(variables)))
}

const inShell = (server: Sandbox.SandboxServer, directory: string) =>
  Effect.gen(function* () {
    const commands = yield* Effect.promise(() => readFile(join(root, "examples/from-python/commands.sh"), "utf8"))
    const env = {
      ...server.environment,
      PATH: process.env["PATH"],
      HOME: directory,
      BROWSER: `${process.execPath} ${person}`,
      DISPLAY: ":0"
    }
    yield* run("bash", ["-e"], { env, stdin: `mp() { node dist/bin/mp.cjs "$@"; }\n${commands}` })
  })

const program = Effect.gen(function* () {
  const count = yield* pageAgrees
  const server = yield* Sandbox.start({ oauth: true })
  const shell = inShell(server, yield* home)
  yield* Effect.all([inLibrary(server, yield* home), shell], { concurrency: 2 })
  yield* Console.log(`${count} lines of docs/from-python.md were executed.`)
})

await Effect.runPromise(Effect.scoped(program))

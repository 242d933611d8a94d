/** Everything that the examination looks at, read once. Nothing is changed and nobody is asked. */
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import type { Region } from "../../domain/account/identifiers.ts"
import { type ConfigSource, documentOf } from "../../domain/config/checkConfig.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import type {
  AccountFacts,
  BridgeFacts,
  Directory,
  Facts,
  Found,
  LoginFacts,
  Reached
} from "../../domain/doctor/Facts.ts"
import { knownVariables } from "../../domain/doctor/variables.ts"
import type { FileProblem } from "../../domain/errors.ts"
import { authorizationServer } from "../../domain/oauth/AuthorizationServer.ts"
import { deadTokenOf } from "../../domain/oauth/DeadToken.ts"
import { Audit } from "../audit/Audit.ts"
import { Bridge } from "../bridge/Bridge.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { CheckHistory } from "../login/CheckHistory.ts"
import { ClientStore } from "../oauth/ClientStore.ts"
import { Crypto } from "../platform/Crypto.ts"
import { endpointOverrides, readAll, variable } from "../platform/environment.ts"
import { FileInspector, type FileInspectorShape } from "../platform/FileInspector.ts"
import { Locations, storageVariables } from "../platform/Locations.ts"
import { SharedStore } from "../storage/SharedStore.ts"
import { examinedStore } from "./examinedStore.ts"
import { MeCache } from "../api/MeCache.ts"
import { hasFingerprint } from "../tokens/tokenFamily.ts"
import { directorySources } from "../session/directorySources.ts"
import { withUnusableSources } from "./unusableSources.ts"
import { TokenStore } from "../tokens/TokenStore.ts"
import type { StoringError } from "../../domain/storage/StorageError.ts"

/** All facts; `network` is what the hosts answered, where they were asked. */
export const gather = (network: ReadonlyArray<Reached>) =>
  Effect.gen(function* () {
    const { system } = yield* FileInspector
    const config = yield* Effect.flatMap(
      Effect.flatMap(ConfigStore, ({ source }) => source),
      withUnusableSources
    )
    const document = documentOf(config)
    const sound = Config.accounts(document).flatMap(({ value }) => Option.toArray(Either.getRight(value)))
    const storage = yield* readStorage(config, document)
    const facts: Facts = {
      now: yield* Clock.currentTimeMillis,
      platform: system.platform,
      variables: yield* readVariables(sound),
      config,
      rules: yield* directorySources(document, yield* Locations),
      accounts: yield* Effect.forEach(sound, accountFacts),
      ...storage,
      missingCertificates: yield* missingCertificates,
      bridge: yield* readBridge,
      audit: yield* auditTrouble,
      store: yield* storeFacts,
      network
    }
    return facts
  })

const storeFacts = Effect.flatMap(Effect.serviceOption(SharedStore), Effect.transposeMapOption(examinedStore))

const readVariables = (accounts: ReadonlyArray<Account>) =>
  readAll([
    ...knownVariables,
    ...accounts.flatMap((account) => (account.type === "oauth_token" ? Option.toArray(account.tokenEnv) : []))
  ])

const accountFacts = (account: Account) =>
  Effect.gen(function* () {
    const cache = yield* MeCache
    const { ofAccounts } = yield* CheckHistory
    const facts: AccountFacts = {
      account,
      login: account.type === "oauth_browser" ? Option.some(yield* loginFacts(account)) : Option.none(),
      me: yield* cache.names({ account, origin: "config" }),
      lastCheck: Option.fromNullable((yield* ofAccounts([account])).get(account.name))
    }
    return facts
  })

/** Why a file is refused for what it is, which the examination of files tells by itself. */
const seenFromOutside: ReadonlySet<unknown> = new Set<FileProblem>([
  "wide_mode",
  "symlink",
  "not_a_file",
  "foreign_owner"
])

const isSeenFromOutside = (details: Readonly<Record<string, unknown>>): boolean =>
  seenFromOutside.has(details["problem"])

const loginFacts = ({ name, region }: Account) =>
  Effect.gen(function* () {
    const store = yield* TokenStore
    const clients = yield* ClientStore
    const crypto = yield* Crypto
    const tokens = yield* Effect.either(store.get(name))
    const dead = yield* Effect.orElseSucceed(store.dead(name), () => Option.none<string>())
    const refreshToken = Option.flatMap(Option.flatten(Either.getRight(tokens)), (stored) => stored.refreshToken)
    const atServer = <A>(ask: (region: Region, origin: string) => Effect.Effect<Option.Option<A>, StoringError>) =>
      Effect.flatMap(endpointOverrides, (overrides) => ask(region, authorizationServer(region, overrides).origin)).pipe(
        Effect.orElseSucceed(() => Option.none<A>())
      )
    const facts: LoginFacts = {
      tokens,
      refused: Either.isLeft(tokens) && isSeenFromOutside(tokens.left.details),
      dead: Option.isSome(dead) && (yield* hasFingerprint(crypto, refreshToken, deadTokenOf(dead.value).fingerprint)),
      registered: Option.isSome(yield* atServer(clients.primary)),
      clientTrouble: yield* atServer(clients.trouble)
    }
    return facts
  })

const found = (path: string) => Effect.flatMap(FileInspector, (inspector) => foundBy(inspector, path))

const foundBy = ({ stat }: FileInspectorShape, path: string) =>
  Effect.map(
    stat(path),
    Option.map((facts): Found => ({ path, ...facts }))
  )

const present = (paths: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const inspector = yield* FileInspector
    const all: Array<Found> = []
    for (const path of paths) all.push(...Option.toArray(yield* foundBy(inspector, path)))
    return all
  })

/** What is stored in a directory under a name of its own; locks and what is being written start with a dot. */
const storedIn = (directory: string) =>
  Effect.gen(function* () {
    const { list } = yield* FileInspector
    const { join } = yield* Path.Path
    const names = yield* list(directory)
    return names.filter((name) => !name.startsWith(".")).map((name) => join(directory, name))
  })

const readStorage = (config: ConfigSource, document: Config.ConfigDocument) =>
  Effect.gen(function* () {
    const locations = yield* Locations
    const inspector = yield* FileInspector
    const { dirname, join } = yield* Path.Path
    const accountsDirectory = yield* locations.accounts
    const root = dirname(accountsDirectory)
    const entries = yield* present(yield* storedIn(accountsDirectory))
    const perAccount = entries.filter(({ kind }) => kind === "directory").map(({ path }) => path)
    const below = [accountsDirectory, join(root, "oauth"), join(root, "bridges"), ...perAccount]
    const configDirectories = config.named ? [] : [dirname(config.path)]
    const readRoot = yield* readAll(storageVariables)
    const rootNamed = storageVariables.some((name) => Option.isSome(readRoot(name)))
    const stored = yield* Effect.forEach(below.slice(1), storedIn)
    const auditPath = yield* locations.audit
    const swept = [
      ...new Set([
        dirname(config.path),
        root,
        ...below,
        ...Option.toArray((yield* locations.bridge).home).map((path) => dirname(path))
      ])
    ]
    const abandoned = yield* Effect.forEach(swept, inspector.abandoned)
    const directories: ReadonlyArray<Directory> = [
      ...(yield* present([...new Set([root, ...configDirectories])])).map((directory) => ({
        ...directory,
        named: rootNamed && directory.path === root
      })),
      ...(yield* present([...below, dirname(yield* locations.brokerSocket)])).map((directory) => ({
        ...directory,
        named: false
      }))
    ]
    return {
      directories,
      files: [
        ...entries.filter(({ kind }) => kind !== "directory"),
        ...(yield* present([...stored.flat(), auditPath, `${auditPath}.1`]))
      ],
      leftovers: abandoned.flatMap(({ leftovers }) => leftovers),
      locks: abandoned.flatMap(({ locks }) => locks),
      orphans:
        config.named || Option.isSome(yield* Effect.serviceOption(SharedStore))
          ? []
          : yield* orphans(config, document, perAccount)
    }
  })

/** A configuration that cannot be read, or is one of several, says nothing about which accounts there are. */
const orphans = (config: ConfigSource, document: Config.ConfigDocument, directories: ReadonlyArray<string>) => {
  const isRead = Either.match(config.content, {
    onLeft: () => false,
    onRight: (text) =>
      document.toml.text === Option.getOrElse(text, () => "") && Either.isRight(Config.section(document, "accounts"))
  })
  const known = Config.accountNames(document)
  return Effect.flatMap(Path.Path, ({ basename }) =>
    Effect.filter(isRead ? directories.filter((path) => !known.includes(basename(path))) : [], (path) =>
      Effect.map(storedIn(path), (files) => files.length > 0)
    )
  )
}

/** Node takes the path as it is: relative to the working directory, without a meaning for `~`. */
const missingCertificates = Effect.gen(function* () {
  const locations = yield* Locations
  const { isAbsolute } = yield* Path.Path
  const named = yield* variable("NODE_EXTRA_CA_CERTS")
  if (Option.isNone(named)) return Option.none<string>()
  const path = yield* Effect.option(locations.resolve(isAbsolute(named.value) ? named.value : `./${named.value}`))
  return Option.isSome(path) && Option.isNone(yield* found(path.value)) ? path : Option.none<string>()
})

const auditTrouble = Effect.gen(function* () {
  const { read } = yield* Audit
  const trouble = Either.getLeft(yield* Effect.either(read()))
  return Option.filter(trouble, ({ problem }) => !seenFromOutside.has(problem) && problem !== "no_home")
})

const readBridge = Effect.gen(function* () {
  const { inWorkingDirectory } = yield* Locations
  const sources = yield* Effect.flatMap(Bridge, (bridges) => bridges.sources)
  const facts: BridgeFacts = {
    sources,
    found: Option.flatten(yield* Effect.transposeOption(Option.map(sources.chosen, ({ path }) => found(path)))),
    inWorkingDirectory: Option.exists(sources.chosen, ({ path }) => inWorkingDirectory(path))
  }
  return facts
})

/** The bugs that the promises around tokens guard against: files, addresses, logins, identities, bridges, words. */
import type { Seed } from "./Seed.ts"

const urls = "src/domain/api/RequestUrl.ts"
const urlTests = "test/domain/api/RequestUrl.test.ts"
const leakTests = "test/e2e/leaks.test.ts"
const routing = "src/layers/node/login/routing.ts"
const hostile = ["test/layers/node/login/hostile.test.ts", "10,000"] as const
const replacement = "src/layers/node/files/Replacement.ts"
const privateTests = "test/layers/node/files/private.test.ts"
const accountAxis = "src/domain/session/resolution/account.ts"
const combinations = ["test/domain/Resolution.precedence.test.ts", "all combinations"] as const
const names = "src/domain/account/newAccountName.ts"
const derived = ["test/domain/derivedNames.test.ts", "derived from /me"] as const
const owner = "src/services/bridge/bridgeOwner.ts"
const trust = "test/oauth/bridgeTrust.test.ts"
const bounds = "src/domain/session/bridgeBounds.ts"
const boundsTests = "test/domain/bridgeBounds.test.ts"
const fuzz = "test/fuzz/fuzz.test.ts"
const commandLine = "src/domain/hints/Command.ts"
const catalogue = "test/e2e/hintCatalogue.test.ts"

const files: ReadonlyArray<Seed> = [
  {
    bug: "4: a file has its name before its content",
    file: replacement,
    from: `    yield* Effect.mapError(fill(temporary.handle, content), toFileError(target, "written"))
    yield* confirm(target)
    yield* Effect.mapError(
      call(() => ops.rename(temporary.name, target)),
      toFileError(target, "written")
    )`,
    to: `    yield* confirm(target)
    yield* Effect.mapError(
      call(() => ops.rename(temporary.name, target)),
      toFileError(target, "written")
    )
    yield* Effect.mapError(fill(temporary.handle, content), toFileError(target, "written"))`,
    test: ["test/layers/node/files/processes.test.ts", "torn file"]
  },
  {
    bug: "8: edits of the configuration take no lock",
    file: "src/services/storage/DiskStorage.ts",
    from: "  files\n    .withLock(path)(() => Effect.either(step))\n",
    to: "  (path === key ? Effect.never : Effect.either(step))\n",
    test: ["test/e2e/concurrentEdits.test.ts"]
  },
  {
    bug: "14: links are followed when a file is read",
    file: "src/layers/node/files/DiskOps.ts",
    from: "read: O_RDONLY | O_NOFOLLOW | O_NONBLOCK",
    to: "read: O_RDONLY | O_NONBLOCK",
    test: [privateTests, "planted"]
  },
  {
    bug: "14: the umask decides the mode",
    file: replacement,
    from: "    yield* call(() => handle.chmod(0o600))\n",
    to: "",
    test: [privateTests, "umask"]
  },
  {
    bug: "17: the files of an account are removed by the name as it was given",
    file: "src/services/config/Accounts.ts",
    from: "const left = Option.map(owned, (account) => tokens.forget(account.name))",
    to: "const left = Option.some(tokens.forget(name as never))",
    test: ["test/services/Accounts.test.ts", "of a broken block"]
  },
  {
    bug: "17: names that differ in case only are two names",
    file: names,
    from: "(name: string): string => name.toLowerCase()",
    to: "(name: string): string => name",
    test: derived
  },
  {
    bug: "17: a reserved name is given out",
    file: names,
    from: " && whyReserved(name) === null",
    to: "",
    test: derived
  }
]

const addresses: ReadonlyArray<Seed> = [
  {
    bug: "10: fetch follows redirects",
    file: "src/services/api/http/manualRedirects.ts",
    from: 'redirect: "manual"',
    to: 'redirect: "follow"',
    test: ["test/services/httpRedirects.test.ts", "fetch as it comes"]
  },
  {
    bug: "10: a redirect may lead to another origin",
    file: urls,
    from: "if (target.origin !== from.origin)",
    to: 'if (target.origin === "null")',
    test: ["test/services/httpRedirects.test.ts", "undici"]
  },
  {
    bug: "10: a URL may have a user name",
    file: urls,
    from: 'authorityOf(text).includes("@")',
    to: 'authorityOf(text) === "@"',
    test: [urlTests, "100,000"]
  },
  {
    bug: "20: a URL may have a user name, seen by the fuzzer",
    file: urls,
    from: 'authorityOf(text).includes("@")',
    to: 'authorityOf(text) === "@"',
    test: [fuzz, "request address"]
  },
  {
    bug: "20: JSON may be nested to any depth",
    file: "src/domain/internal/json.ts",
    from: "if (++depth > maxDepth) return true",
    to: "if (++depth < 0) return true",
    test: ["test/domain/json.test.ts"]
  },
  {
    bug: "20: a secret may have several lines",
    file: "src/domain/account/credentialText.ts",
    from: 'return controls.test(text) ? "contains more than one line',
    to: 'return controls.test(text[0] ?? "") ? "contains more than one line',
    test: [fuzz, "secret'? keeps"]
  },
  {
    bug: "20: any host counts at the callback",
    file: routing,
    from: ".includes(host.toLowerCase())",
    to: ".length > 0",
    test: [fuzz, "callback request"]
  },
  {
    bug: "20: kept code need not be whole",
    file: "src/cli/start/CodeCacheEntry.ts",
    from: "!piece.equals(expected)",
    to: "piece.length < 0",
    test: ["test/cli/CodeCacheEntry.test.ts", "gives nothing after any one byte has changed"]
  },
  {
    bug: "23: an error of the transport is known by its class alone",
    file: "src/domain/api/TransportProblem.ts",
    from: '"_tag" in error && ',
    to: '"_tag" in error && [ProxyProblem, BrokenBody, BodyTooLong].some((kind) => error instanceof kind) && ',
    test: ["test/domain/api/NetworkReason.test.ts", "another copy"]
  }
]

const words: ReadonlyArray<Seed> = [
  {
    bug: "11: secrets that were commented out are shown",
    file: "src/domain/config/ConfigView.ts",
    from: "isSecret([key]) ? `",
    to: 'isSecret([key]) && head === "" ? `',
    test: [leakTests, "identity: configuration"]
  },
  {
    bug: "11: an answer that repeats the credential is told as it is",
    file: "src/domain/api/Scrub.ts",
    from: 'return text.replaceAll(new RegExp(longestFirst.join("|"), "gi"), mark)',
    to: "return longestFirst.length > 0 ? text : text.replaceAll(/x/g, mark)",
    test: [leakTests, "with the answer"]
  },
  {
    bug: "21: words of a hint are not quoted",
    file: commandLine,
    from: "[String(word)]).map(quoted)",
    to: "[String(word)]).map(String)",
    test: ["test/domain/Command.test.ts", "as it is: sh"]
  },
  {
    bug: "21: words of a hint are not quoted, seen by pasting",
    file: commandLine,
    from: "[String(word)]).map(quoted)",
    to: "[String(word)]).map(String)",
    test: [catalogue, "a linked ~/.mp"]
  },
  {
    bug: "21: the hint for an open file leaves it open",
    file: "src/layers/node/files/guards.ts",
    from: "command`chmod 600 ${path}`",
    to: "command`chmod 644 ${path}`",
    test: [catalogue, "an open configuration"]
  },
  {
    bug: "21: a class of errors has no recipe",
    file: "test/e2e/hints/errors.ts",
    from: '  LockLost: "no hint but the command itself",\n',
    to: "",
    test: [catalogue, "every class of error"]
  }
]

const logins: ReadonlyArray<Seed> = [
  {
    bug: "12: a HEAD is judged",
    file: routing,
    from: 'if (head.method !== "GET")',
    to: 'if (head.method !== "GET" && head.method !== "HEAD")',
    test: hostile
  },
  {
    bug: "12: any host is taken",
    file: routing,
    from: ".includes(host.toLowerCase())",
    to: ".length > 0",
    test: hostile
  },
  {
    bug: "12: a prefetch is judged",
    file: routing,
    from: "  if (isSpeculative(head)) return refuse(503)\n",
    to: "",
    test: hostile
  },
  {
    bug: "13: the port is kept after an interruption",
    file: "src/layers/node/login/LoopbackListener.ts",
    from: "Effect.zipRight(takeLeave(handler, exit), server.close)",
    to: "Exit.isSuccess(exit) ? Effect.zipRight(takeLeave(handler, exit), server.close) : Effect.void",
    test: ["test/layers/node/login/release.test.ts", "100 random"]
  }
]

const identities: ReadonlyArray<Seed> = [
  {
    bug: "15: the flag stands above the environment",
    file: accountAxis,
    from: `  ...environmentOffers(inputs.environment),
  ...Option.toArray(inputs.overrides.account).map(({ origin, value }) =>
    configured(inputs, "flag", origin, value, origin)
  ),`,
    to: `  ...Option.toArray(inputs.overrides.account).map(({ origin, value }) =>
    configured(inputs, "flag", origin, value, origin)
  ),
  ...environmentOffers(inputs.environment),`,
    test: combinations
  },
  {
    bug: "15: a pinned workspace leaks into another project",
    file: "src/domain/session/resolution/workspace.ts",
    from: "return Option.contains(account.defaultProject, project.right)",
    to: "return Option.isSome(account.defaultProject)",
    test: combinations
  },
  {
    bug: "18: the working directory stands above the active account",
    file: accountAxis,
    from: "  ...Option.toArray(inputs.bridges.chosen).map(bridged),\n",
    to: "  ...Option.toArray(inputs.bridges.chosen).map(bridged),\n  ...Option.toArray(inputs.bridges.here).map(bridgedHere),\n",
    test: combinations
  },
  {
    bug: "18: the project of a bridge counts for another account",
    file: "src/domain/session/resolution/bridge.ts",
    from: "skip: Option.contains(used, path) ? null",
    to: "skip: Option.contains(used, path) || file.version === 2 ? null",
    test: combinations
  },
  {
    bug: "18: the headers of a bridge go out for another account",
    file: "src/domain/session/resolution/headers.ts",
    from: "Option.toArray(usedBridge(inputs, identity)).flatMap(({ file }) =>",
    to: "Option.toArray(Option.flatMap(inputs.bridges.chosen, (one) => Either.getRight(one.content))).flatMap((file) =>",
    test: combinations
  }
]

const bridges: ReadonlyArray<Seed> = [
  {
    bug: "18: tokens are taken from a bridge that was not exported",
    file: owner,
    from: `        if (exported === undefined || Option.isNone(flow)) return false
        const user = exported.user === null ? yield* cachedUser : Option.some(exported.user)`,
    to: `        if (Option.isNone(flow)) return false
        const user = exported?.user == null ? yield* userNow(tokens) : Option.some(exported.user)`,
    test: [trust, "not exported, when it ends"]
  },
  {
    bug: "18: the account's own tokens are given to any bridge",
    file: "src/services/bridge/BridgeTokenFile.ts",
    from: "    if (!(yield* owner.wasExported(path, yield* read))) return []\n",
    to: "",
    test: [trust, "given to a bridge"]
  },
  {
    bug: "18: the account's own tokens are given to a bridge of another family",
    file: owner,
    from: "exported === undefined || exported.family !== (yield* familyOf(crypto, tokens))",
    to: "exported === undefined",
    test: [trust, "but of another family"]
  },
  {
    bug: "18: the account's own tokens are given to a bridge at another path",
    file: owner,
    from: "known.find((one) => one.path === path)",
    to: "known[0]",
    test: [trust, "of another path"]
  },
  {
    bug: "18: the account's own tokens are given to the bridge of another user",
    file: owner,
    from: "Option.isNone(user) || user.value === exported.user",
    to: "Option.isNone(user) || user.value !== -1",
    test: [trust, "somebody else is logged in"]
  },
  {
    bug: "18: the account's own tokens are given to a bridge that was removed",
    file: owner,
    from: "forget: (path: string) => replace(path, [])",
    to: "forget: (_path: string) => Effect.void",
    test: [trust, "and comes back"]
  },
  {
    bug: "18: /me is read up to 256 KiB only",
    file: "src/services/oauth/whoIs.ts",
    from: "maxBytes: maxAnswerBytes",
    to: "maxBytes: 262_144",
    test: [trust, "9,000 projects"]
  },
  {
    bug: "18: a text of a bridge has no bound",
    file: bounds,
    from: "text.length > maxBridgeText",
    to: "text.length < 0",
    test: [boundsTests, "a long token"]
  },
  {
    bug: "18: the headers of a bridge have no bound",
    file: bounds,
    from: "names.length > maxBridgeHeaders",
    to: "names.length < 0",
    test: [boundsTests, "many headers"]
  },
  {
    bug: "18: the parts of a bridge have no bound",
    file: bounds,
    from: "++parts > maxBridgeParts",
    to: "++parts < 0",
    test: [boundsTests, "many parts"]
  },
  {
    bug: "18: the depth of a bridge has no bound of its own",
    file: "src/domain/session/BridgeFile.ts",
    from: "parseJson(text, { maxDepth: maxBridgeDepth })",
    to: "parseJson(text)",
    test: [boundsTests, "depth"]
  }
]

export const seedsAround: ReadonlyArray<Seed> = [...files, ...addresses, ...words, ...logins, ...identities, ...bridges]

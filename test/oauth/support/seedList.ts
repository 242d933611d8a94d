/** The bugs that the promises guard against: where each is put, and the test that has to see it. */
import type { Seed } from "./Seed.ts"
import { seedsAround } from "./seedsAround.ts"

const refresh = "src/services/tokens/refresh.ts"
const store = "src/services/tokens/TokenStore.ts"
const claim = "src/services/storage/diskClaim.ts"
const fleet = "src/services/tokens/fleet.ts"
const rules = "test/oauth/fleet.test.ts"
const engines = "test/oauth/fleetEngine.test.ts"
const response = "src/domain/oauth/TokenResponse.ts"
const server = "src/domain/oauth/AuthorizationServer.ts"
const storing = "src/services/tokens/storeAnswer.ts"
const lock = "src/layers/node/files/lock"
const redirect = "src/domain/oauth/Redirect.ts"

const shared = "test/layers/storage/CredentialStorage.test.ts"
const unseen = "src/domain/internal/unseen.ts"

const directory = "src/domain/session/resolution/directory.ts"

const statics = "src/services/tokens/StaticCredentials.ts"
const staticTests = "test/services/staticCredentials.test.ts"
const queryLog = "src/domain/budget/QueryLog.ts"
const queryLogTests = "test/domain/budget/QueryLog.property.test.ts"
const virtualHour = "test/layers/budget/virtualHour.test.ts"
const manyProcesses = "test/layers/budget/processes.test.ts"
const budgeted = "src/services/api/budgeted.ts"
const budgetedTests = "test/services/budgeted.test.ts"

const programTests = "test/layers/node/secrets/ProcessSecrets.test.ts"

export const seeds: ReadonlyArray<Seed> = [
  ...seedsAround,
  {
    bug: "27: the token of the broker is not compared",
    file: "src/domain/broker/GuestHead.ts",
    from: "one.length === other.length && one.reduce(",
    to: "one.length === other.length || one.reduce(",
    test: ["test/e2e/broker.test.ts", "is refused in words"]
  },
  {
    bug: "27: a page of a browser is let in",
    file: "src/domain/broker/GuestHead.ts",
    from: 'if (headers["origin"] !== undefined ||',
    to: 'if (headers["origins"] !== undefined ||',
    test: ["test/e2e/broker.test.ts", "is refused in words"]
  },
  {
    bug: "27: the second of two values in JSON is not looked at",
    file: "src/domain/broker/namedProjects.ts",
    from: "    if (value !== project) return { isNamed, other: key }",
    to: "    if (value !== project && !isNamed) return { isNamed, other: key }",
    test: ["test/domain/broker/decide.property.test.ts", "at any depth"]
  },
  {
    bug: "27: a credential in an answer is passed on",
    file: "src/domain/broker/Concealment.ts",
    from: "for (const [from, to] of found) shown.fill(asterisk, from, to)",
    to: "for (const [from] of found) shown.fill(asterisk, from, from)",
    test: ["test/e2e/broker.test.ts", "gets answers without the credential"]
  },
  {
    bug: "27: redirects of a relayed request are followed",
    file: "src/services/api/http/sendWithRetry.ts",
    from: 'if (channel.isRelay && step._tag !== "Reauthenticate") return delivered',
    to: 'if (channel.isRelay && step._tag === "Retry") return delivered',
    test: ["test/e2e/broker.test.ts", "is told of a redirect"]
  },
  {
    bug: "27: the socket of a broker that lives is taken",
    file: "src/layers/node/broker/privateSocket.ts",
    from: `if (answer === null) return yield* new BrokerNotListening({ place: path, reason: "a broker listens there already" })
    if (answer !== "ECONNREFUSED"`,
    to: 'if (answer !== null && answer !== "ECONNREFUSED"',
    test: ["test/e2e/broker.test.ts", "of a broker that was killed"]
  },
  {
    bug: "28: a bridge's account runs the command of its name",
    file: statics,
    from: 'origin === "config" && isGivenElsewhere(account)',
    to: "isGivenElsewhere(account)",
    test: [staticTests, "of a bridge"]
  },
  {
    bug: "28: each fiber runs the command",
    file: statics,
    from: "return yield* once(`${account.name} ${source}`, () =>",
    to: "return yield* ((_: string, work: () => ReturnType<typeof ask>) => work())(`${account.name} ${source}`, () =>",
    test: [staticTests, "100 fibers"]
  },
  {
    bug: "28: an expired token is used",
    file: statics,
    from: "(at) => at <= now",
    to: "(at) => at < 0 && at > now",
    test: [staticTests, "has expired"]
  },
  {
    bug: "28: what a command started is not ended",
    file: "src/layers/node/secrets/runProgram.ts",
    from: 'process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL")',
    to: 'process.kill(pid, "SIGKILL")',
    test: [programTests, "hangs"]
  },
  {
    bug: "28: relative entries of PATH are searched",
    file: "src/layers/node/secrets/findProgram.ts",
    from: ".filter(isAbsolute)",
    to: ".filter((entry) => entry.length >= 0)",
    test: [programTests, "relative"]
  },
  {
    bug: "28: a file that others can write is read",
    file: "src/layers/node/secrets/readTokenFile.ts",
    from: "(facts.mode & 0o022) !== 0",
    to: "(facts.mode & 0o022) < 0",
    test: [programTests, "writable by others"]
  },
  {
    bug: "28: the table of a removed account stays",
    file: "src/domain/config/edits/accounts.ts",
    from: 'removeSource(removeKey(document, ["accounts", name]), name)',
    to: 'removeKey(document, ["accounts", name])',
    test: ["test/domain/credentialSources.property.test.ts", "after any changes"]
  },
  {
    bug: "26: the first rule wins, not the deepest",
    file: directory,
    from: "for (const directory of directories.workingDirectory.value) {",
    to: "for (const directory of directories.workingDirectory.value.toReversed()) {",
    test: ["test/e2e/directories.test.ts", "longest real path"]
  },
  {
    bug: "26: the project of a rule counts for every account",
    file: directory,
    from: "if (accountFrom === own) return null",
    to: "if (own !== null) return null",
    test: ["test/domain/Resolution.precedence.test.ts", "all combinations"]
  },
  {
    bug: "26: a rule that cannot be used is passed over",
    file: "src/domain/session/resolution/account.ts",
    from: 'onLeft: (error) => [{ source: "directory", origin, value, take: Either.left(error), skip: null }],',
    to: 'onLeft: (error) => [{ source: "directory", origin, value, take: Either.left(error), skip: "broken" }],',
    test: ["test/domain/Resolution.precedence.test.ts", "all combinations"]
  },
  {
    bug: "26: links are not resolved",
    file: "src/layers/node/locations.ts",
    from: "const real = realpathSync.native(path)",
    to: "const real = path",
    test: ["test/e2e/directories.test.ts", "link"]
  },
  {
    bug: "26: a removed working directory counts as one without rules",
    file: directory,
    from: "if (Option.isNone(directories.workingDirectory)) return Option.some(broken(config, noWorkingDirectory(config)))",
    to: "if (Option.isNone(directories.workingDirectory)) return Option.none()",
    test: ["test/domain/Resolution.precedence.test.ts", "nowhere"]
  },
  {
    bug: "26: the table after the one that is meant is removed",
    file: "src/domain/toml/listText.ts",
    from: "const first = heads[index]",
    to: "const first = heads[index + 1] ?? heads[index]",
    test: ["test/domain/toml/TomlList.property.test.ts", "sequence"]
  },
  {
    bug: "18: no trust check: a bridge of the working directory is as good as another",
    file: "src/services/bridge/bridgeOwner.ts",
    from: "return locations.inWorkingDirectory(path) ? yield* aheadHere(account, path) : true",
    to: "return true",
    test: ["test/oauth/bridgeTrust.test.ts", "working directory"]
  },
  {
    bug: "18: no /me check",
    file: "src/services/bridge/bridgeOwner.ts",
    from: "if (!Option.contains(found, user.value)) return false",
    to: "",
    test: ["test/oauth/bridgeTrust.test.ts", "not adopted"]
  },
  {
    bug: "1: a claim does not look whether the tokens are still the same",
    file: claim,
    from: "    yield* expecting(place, { version })\n    const reserved",
    to: "    const reserved",
    test: ["test/oauth/oneSpend.test.ts", "processes"]
  },
  {
    bug: "1: no lock",
    file: claim,
    from: "files.withLock(path, { wait })((lock) =>",
    to: "((use) => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) }))((lock) =>",
    test: ["test/oauth/oneSpend.test.ts", "processes"]
  },
  {
    bug: "1: the leader's fiber is not detached",
    file: "src/services/tokens/SingleFlight.ts",
    from: "Effect.zipRight(Effect.forkIn(flight, scope), restore(Deferred.await(landed)))",
    to: "restore(flight)",
    test: ["test/oauth/oneSpend.test.ts", "fibers|askers"]
  },
  {
    bug: "1: sending and storing can be interrupted",
    file: refresh,
    from: "  Effect.uninterruptible(\n    Effect.matchEffect(locked.flow.refresh",
    to: "  Effect.interruptible(\n    Effect.matchEffect(locked.flow.refresh",
    test: ["test/oauth/oneSpend.test.ts", "program ends"]
  },
  {
    bug: "1: the request is a child of the fiber that is told to stop",
    file: "src/services/api/http/deadline.ts",
    from: "onTimeout }), Effect.disconnect)",
    to: "onTimeout }))",
    test: ["test/oauth/oneSpend.test.ts", "program ends"]
  },
  {
    bug: "1: the timer of the deadline outlives the request",
    file: "src/services/oauth/endpoint.ts",
    from: "      disconnectedWithin(",
    to: "      Effect.tap(() => Effect.sync(() => setTimeout(() => undefined, 15_000))),\n      disconnectedWithin(",
    test: ["test/oauth/oneSpend.test.ts", "ends at once"]
  },
  {
    bug: "2: no lock",
    file: claim,
    from: "files.withLock(path, { wait })((lock) =>",
    to: "((use) => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) }))((lock) =>",
    test: ["test/oauth/neverUnlocked.test.ts", "takes 14 s"]
  },
  {
    bug: "2: go on unlocked after the wait",
    file: claim,
    from: "files.withLock(path, { wait })((lock) =>",
    to: `((use) => Effect.catchTag(files.withLock(path, { wait })(use), "LockTimeout", () =>
      use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) })))((lock) =>`,
    test: ["test/oauth/neverUnlocked.test.ts", "fails after 14 s"]
  },
  {
    bug: "2: no deadline for the request",
    file: "src/services/oauth/endpoint.ts",
    from: "disconnectedWithin(tokenDeadlineMillis",
    to: "disconnectedWithin(3_600_000",
    test: ["test/oauth/networkProof.test.ts", "no answer"]
  },
  {
    bug: "5: reserve after sending",
    file: claim,
    from: "Effect.zipRight(reserve, held.lock.confirm)",
    to: "held.lock.confirm",
    test: ["test/oauth/diskProof.test.ts"]
  },
  {
    bug: "5: no second chance for what could not be stored",
    file: storing,
    from: "caught(() => held.put(next))",
    to: "Effect.fail(error)",
    test: ["test/oauth/diskProof.test.ts", "a fault at each call"]
  },
  {
    bug: "6: invalid_grant with any status counts as dead",
    file: response,
    from: "(status === 400 || status === 401) && ",
    to: "",
    test: ["test/oauth/networkProof.test.ts", "invalid_grant"]
  },
  {
    bug: "6: invalid_grant is believed without a fresh read",
    file: refresh,
    from: "isInvalidGrant(failure) ? confirmed(locked, fingerprint) :",
    to: "isInvalidGrant(failure) ? Effect.fail(new OAuthRefreshRevoked({ account: locked.account.name, fix: locked.held.fix })) :",
    test: ["test/oauth/networkProof.test.ts", "another program"]
  },
  {
    bug: "6: a dead token is sent again",
    file: refresh,
    from: "held.markDead(dead)",
    to: "Effect.void",
    test: ["test/oauth/networkProof.test.ts", "ends the session"]
  },
  {
    bug: "6: no refresh token in the answer, none kept",
    file: response,
    from: "Option.flatMap(previous, (p) => p.refreshToken)",
    to: "Option.none()",
    test: ["test/oauth/networkProof.test.ts", "refresh_token"]
  },
  {
    bug: "7: no lock",
    file: claim,
    from: "files.withLock(path, { wait })((lock) =>",
    to: "((use) => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) }))((lock) =>",
    test: ["test/oauth/noWipe.test.ts", "interleavings"]
  },
  {
    bug: "7: a failure writes back what it had read",
    file: refresh,
    from: "onFailure: (failure) => afterRefusal(locked, spent, failure)",
    to: "onFailure: (failure) => Effect.zipRight(locked.held.put(tokens), afterRefusal(locked, spent, failure))",
    test: ["test/oauth/noWipe.test.ts", "interleavings"]
  },
  {
    bug: "7: invalid_grant removes the tokens",
    file: store,
    from: 'markDead: (account, note) => put(account, "dead", note)',
    to: "markDead: (account) => Effect.asVoid(Effect.flatMap(locations.tokens(account), files.remove))",
    test: ["test/oauth/noWipe.test.ts", "interleavings"]
  },
  {
    bug: "9: a refused bearer is not replaced while it seems fresh",
    file: refresh,
    from: "Redacted.value(bearer) === Redacted.value(tokens.accessToken)",
    to: "false",
    test: ["test/oauth/clockProof.test.ts", "put"]
  },
  {
    bug: "9: expiry is decided when the tokens are stored",
    file: "src/domain/oauth/OAuthTokens.ts",
    from: "now + expiryBufferMillis >= expiresAt",
    to: "expiresAt === 0 || (now < 0 && expiresAt > 0)",
    test: ["test/oauth/clockProof.test.ts", "sleep|30 s"]
  },
  {
    bug: "10: a refresh token goes wherever the variable leads",
    file: server,
    from: "return minted === server.origin",
    to: "return minted !== null",
    test: ["test/oauth/origin.test.ts", "nothing is sent"]
  },
  {
    bug: "10: a revocation goes wherever the variable leads",
    file: "src/services/oauth/tokenRequests.ts",
    from: "const server = yield* homeOf(region, tokens)\n    const clientId = Option",
    to: "const server = yield* serverOf(region)\n    const clientId = Option",
    test: ["test/oauth/origin.test.ts", "revocation"]
  },
  {
    bug: "10: new tokens do not carry their origin",
    file: response,
    from: "origin: Option.some(origin)",
    to: "origin: Option.none()",
    test: ["test/oauth/origin.test.ts", "carries it|binds"]
  },
  {
    bug: "10: a bridge of another server is of the same login",
    file: "src/services/tokens/tokenFamily.ts",
    from: " && !ofTwoServers(one, other)",
    to: "",
    test: ["test/oauth/origin.test.ts", "does not take"]
  },
  {
    bug: "22: an override is not told",
    file: "src/services/api/OverrideListener.ts",
    from: "return remote.length === 0",
    to: "return remote.length >= 0",
    test: ["test/oauth/origin.test.ts", "is told"]
  },
  {
    bug: "12: error is looked at before state",
    file: redirect,
    from: '  const states = parameters.getAll("state")',
    to: '  if (parameters.has("error")) return Either.right(judgeOurs(parameters, expected))\n  const states = parameters.getAll("state")',
    test: ["test/domain/oauth/Redirect.test.ts"]
  },
  {
    bug: "12: the state is compared byte by byte",
    file: redirect,
    from: "    difference |= given",
    to: "    if (difference !== 0) return false\n    difference |= given",
    test: ["test/domain/oauth/Redirect.test.ts", "length of the guess"]
  },
  {
    bug: "20: no bound for a gathered body",
    file: "src/services/api/http/gather.ts",
    from: "held.size + chunk.length <= maxBytes",
    to: "true",
    test: ["test/services/gather.test.ts", "refused where it is longer"]
  },
  {
    bug: "20: an upload does not wait for the socket to drain",
    file: "src/layers/node/http/nodeHttp.ts",
    from: "      Stream.mapChunks(Chunk.append(nothing)),\n",
    to: "",
    test: ["test/layers/node/http/nodeHttp.test.ts", "upload waits"]
  },
  {
    bug: "24: a POST is repeated on a kept connection",
    file: "src/layers/node/http/nodeHttp.ts",
    from: "isIdempotent(method) && ",
    to: "",
    test: ["test/layers/node/http/nodeHttp.test.ts", "kept connection"]
  },
  {
    bug: "24: a body that breaks off is complete",
    file: "src/layers/node/http/decoded.ts",
    from: "isEnd: (cause) => wire.received === 0 && isZlibError(cause) && isCut(cause)",
    to: "isEnd: isZlibError",
    test: ["test/layers/node/http/wholeAnswers.test.ts", "undici directly, gathered"]
  },
  {
    bug: "24: an interrupted reader leaves the connection open",
    file: "src/services/api/http/pieces.ts",
    from: "return Effect.promise(async () => iterator.return?.())",
    to: "return Effect.void",
    test: ["test/layers/node/http/engines.contract.test.ts", "an interruption ends"]
  },
  {
    bug: "21: text goes through as it is",
    file: unseen,
    from: 'isPlain(text) ? text.replace(blanks, " ") : text.replace(blanks, " ").replace(runs(), "\\uFFFD")',
    to: "text",
    test: ["test/e2e/terminalText.test.ts", "hostile files"]
  },
  {
    bug: "21: line ends stay in cells",
    file: unseen,
    from: 'text.replace(blanks, " ").replace(runs(), "\\uFFFD")',
    to: 'text.replace(runs(), (run) => (run.includes("\\n") ? "\\n" : "\\uFFFD"))',
    test: ["test/e2e/terminalText.test.ts", "hostile files"]
  },
  {
    bug: "21: JSON escapes nothing",
    file: "src/cli/app/TerminalText.ts",
    from: "new TerminalText(escapeUnseen(json))",
    to: "new TerminalText(json)",
    test: ["test/e2e/terminalText.test.ts", "hostile files"]
  },
  {
    bug: "21: a cell of CSV is a formula",
    file: "src/cli/app/delimited.ts",
    from: 'typeof value === "number" || !formula().test(cell) ? cell :',
    to: "formula().test(cell) || cell !== null ? cell :",
    test: ["test/cli/TerminalText.test.ts", "CSV"]
  },
  {
    bug: "21: a tab makes a column",
    file: "src/cli/app/delimited.ts",
    from: "row.map((value) => escapeTsv(cellText(value)))",
    to: 'row.flatMap((value) => cellText(value).split("\\t"))',
    test: ["test/cli/TerminalText.test.ts", "tab-separated"]
  },
  {
    bug: "21: a token is printed altered",
    file: "src/cli/app/TerminalText.ts",
    from: "onOneLine(text) === text ? new TerminalText(text) : undefined",
    to: "new TerminalText(onOneLine(text))",
    test: ["test/e2e/terminalText.test.ts", "refuses one"]
  },
  {
    bug: "21: diagnostics have a way of their own",
    file: "src/cli/app/logging.ts",
    from: "HashSet.make(loggerOn(terminal, format))",
    to: "HashSet.make(Logger.withConsoleError(Logger.logfmtLogger))",
    test: ["test/cli/oneWriter.test.ts"]
  },
  {
    bug: "3: not confirmed before sending",
    file: refresh,
    from: "Effect.zipRight(held.confirm, Ref.set(isSent, true))",
    to: "Effect.zipRight(Effect.succeed(held), Ref.set(isSent, true))",
    test: ["test/oauth/frozen.test.ts"]
  },
  {
    bug: "3: not confirmed before storing",
    file: "src/layers/node/files/DiskFiles.ts",
    from: "confirm: locks.confirm",
    to: "confirm: () => Effect.void",
    test: ["test/layers/node/files/lockStorm.test.ts", "stopped for longer than the lease: they find out"]
  },
  {
    bug: "3: process ids are asked about across namespaces and machines",
    file: "src/layers/node/files/ProcessHost.ts",
    from: "hash !== unknownHost && hash === hostHash(ours.id())",
    to: "hash !== unknownHost && ours.pid > 0",
    test: ["test/layers/node/files/lockStorm.test.ts", "three kinds of places"]
  },
  {
    bug: "3: who lives is robbed for its age",
    file: `${lock}/judging.ts`,
    from: '(life === "alive" ? stuckAfter : lease)',
    to: "lease",
    test: ["test/layers/node/files/lockStorm.test.ts", "of the same place"]
  },
  {
    bug: "3: ages grow while everybody is frozen",
    file: `${lock}/judging.ts`,
    from: "Math.min(credit, now - (before?.at ?? now))",
    to: "now - (before?.at ?? now)",
    test: ["test/layers/node/files/nameAges.test.ts", "grows with every look"]
  },
  {
    bug: "3: ages grow while everybody is frozen, seen by processes",
    file: `${lock}/judging.ts`,
    from: "Math.min(credit, now - (before?.at ?? now))",
    to: "now - (before?.at ?? now)",
    test: ["test/layers/node/files/lockStorm.test.ts", "frozen together"]
  },
  {
    bug: "3: nobody looks for a second token",
    file: `${lock}/takeToken.ts`,
    from: "if (others.length === 0) return taken",
    to: "if (others.length >= 0) return taken",
    test: ["test/layers/node/files/lockDirectory.test.ts", "in any state"]
  },
  {
    bug: "3: a token that cannot be given back on leaving is forgotten",
    file: `${lock}/takeToken.ts`,
    from: "      isOurs\n        ? Effect.flatMap(holdToken(ops, timing, directory, mine), ({ release }) => release)\n        :",
    to: "      isOurs && timing.beat < 0\n        ? Effect.flatMap(holdToken(ops, timing, directory, mine), ({ release }) => release)\n        :",
    test: ["test/layers/node/files/lockDirectory.test.ts", "6 in a row"]
  },
  {
    bug: "3: a lock lost after sending throws the answer away",
    file: refresh,
    from: "onFailure: (error) => (isLost(error) ? Effect.void : Ref.set(inHand, Option.none()))",
    to: "onFailure: () => Ref.set(inHand, Option.none())",
    test: ["test/oauth/lostLock.test.ts"]
  },
  {
    bug: "5: what is thrown while the answer is stored is not caught",
    file: storing,
    from: "Effect.catchAllDefect(Effect.suspend(step), (defect) =>",
    to: "Effect.catchAll(Effect.suspend(step), (defect) =>",
    test: ["test/oauth/thrown.test.ts", "everything throws"]
  },
  {
    bug: "5: a throw while the answer is read loses it",
    file: "src/services/oauth/tokenRequests.ts",
    from: "Effect.suspend(() => readSalvaged(answer, context))",
    to: "Effect.fail(context)",
    test: ["test/oauth/thrown.test.ts", "one throw"]
  },
  {
    bug: "6: an answer that cannot be parsed is thrown away",
    file: response,
    from: "onNone: () => readSalvaged(answer, context)",
    to: 'onNone: () => Either.left(nonsense(status, "it is not a JSON object"))',
    test: ["test/oauth/networkProof.test.ts", "both tokens are found"]
  },
  {
    bug: "25: a put looks at no version, in memory",
    file: "src/layers/memory/MemoryStorage.ts",
    from: '"orForgotten" in condition : row.version === condition.version',
    to: '"orForgotten" in condition : true',
    test: [shared, "in memory.* who expects another"]
  },
  {
    bug: "25: a put looks at no version, on Redis",
    file: "src/layers/redis/scripts.ts",
    from: "condition == 'version' and held[1] == wanted",
    to: "condition == 'version'",
    test: [shared, "on Redis.* who expects another"]
  },
  {
    bug: "25: a put looks at no version, on Postgres",
    file: "src/layers/sql/SqlEngine.ts",
    from: "c.version = ${wanted} AND c.version <> ${version}",
    to: "c.version <> ${version}",
    test: [shared, "on Postgres.* who expects another"]
  },
  {
    bug: "25: a put that is sent again does not know itself, on Redis",
    file: "src/layers/redis/scripts.ts",
    from: "if held[1] == version then return 1 end",
    to: "",
    test: [shared, "on Redis.* sent again"]
  },
  {
    bug: "25: a put that is sent again does not know itself, on Postgres",
    file: "src/layers/sql/SqlEngine.ts",
    from: 'rows.length > 0 ? Effect.succeed(true) : isOwn("put", key, entry.version)',
    to: "Effect.succeed(rows.length > 0 && isOwn !== undefined)",
    test: [shared, "on Postgres.* sent again"]
  },
  {
    bug: "25: a claim looks at no other, on Redis",
    file: "src/layers/redis/scripts.ts",
    from: "if left > 0 or takeOver ~= '1' then",
    to: "if false then",
    test: [shared, "on Redis.* of many who claim"]
  },
  {
    bug: "25: a claim looks at no other, on Postgres",
    file: "src/layers/sql/SqlEngine.ts",
    from: "AND (c.holder IS NULL OR c.holder = ${holder} ${isOver}) RETURNING previous",
    to: "RETURNING previous",
    test: [shared, "on Postgres.* of many who claim"]
  },
  {
    bug: "25: whoever did not settle leaves no mark",
    file: "src/services/storage/Engine.ts",
    from: 'engine.settle(key, holder, last === "unsent")',
    to: "engine.settle(key, holder, true)",
    test: [shared, "in memory.* told to the next one"]
  },
  {
    bug: "25: a logout leaves no gravestone",
    file: "src/layers/memory/MemoryStorage.ts",
    from: 'rows.set(key, { value: "", version: gravestone, forgottenAt: now + gravestoneMillis })',
    to: "rows.delete(key)",
    test: ["test/layers/storage/MemoryStorage.test.ts", "gravestone"]
  },
  {
    bug: "25: a full Redis takes no commit",
    file: "src/layers/redis/scripts.ts",
    from: "putScript = `#!lua flags=allow-oom",
    to: "putScript = `#!lua",
    test: ["test/layers/storage/badInput.test.ts", "memory is full"]
  },
  {
    bug: "25: what is stored ends with the transaction of the program",
    file: "src/layers/sql/SqlEngine.ts",
    from: "Effect.retry(alone(statement)",
    to: "Effect.retry(alone === undefined ? Effect.never : statement",
    test: ["test/layers/storage/badInput.test.ts", "transactions"]
  },
  {
    bug: "25: a sealed value opens under every name",
    file: "src/services/storage/sealing.ts",
    from: "[format, id, namespace, key].join",
    to: "[format, id, namespace.slice(0, 0), key.slice(0, 0)].join",
    test: ["test/layers/storage/sealing.test.ts", "refused by name"]
  },
  {
    bug: "25: a commit on disk looks at nothing",
    file: "src/services/storage/diskClaim.ts",
    from: "    Effect.zipRight(isStill(claiming, value)),\n",
    to: "",
    test: [shared, "takes no lock"]
  },
  {
    bug: "25: a store that went back in time is believed",
    file: fleet,
    from: "if (before === undefined || !(yield* isAhead(before.tokens, found.tokens))) return found",
    to: "if (before !== found) return found",
    test: [rules, "gets back what is known"]
  },
  {
    bug: "25: an early renewal takes over what others claimed",
    file: refresh,
    from: "{ takeOver: false }",
    to: "{ takeOver: true }",
    test: [rules, "leaves alone"]
  },
  {
    bug: "25: expiry by the clock of each machine",
    file: "src/services/tokens/tokenEntry.ts",
    from: "storage.isShared\n    ? Effect.zipWith(storage.now,",
    to: "storage.isShared === undefined\n    ? Effect.zipWith(storage.now,",
    test: [rules, "by the clock of the engine"]
  },
  {
    bug: "25: whoever was slow to claim sends all the same",
    file: "src/services/storage/Engine.ts",
    from: "now - asked <= beginMillis",
    to: "now - asked >= 0",
    test: [rules, "took more than 2 s"]
  },
  {
    bug: "25: an answer that cannot be stored is let go of",
    file: fleet,
    from: "yield* Effect.forkIn(Effect.interruptible(later), scope)",
    to: "yield* forget",
    test: [rules, "used from memory"]
  },
  {
    bug: "25: an interrupted renewal is called revoked",
    file: refresh,
    from: "Option.match(abandonedBy, {",
    to: "Option.match(Option.filter(abandonedBy, () => false), {",
    test: [rules, "who was interrupted"]
  },
  {
    bug: "25: rule 7 dropped: a store that went back in time while the answer was under way is given way to",
    file: fleet,
    from: 'Effect.catchTag(claim.commit(next), "Superseded", () => giveWay(account, next))',
    to: "giveWay === undefined ? Effect.void : claim.commit(next)",
    test: [engines, "Redis loses"]
  },
  {
    bug: "25: rule 7 dropped: what a Redis forgot while the answer was under way is not restored",
    file: "src/layers/redis/scripts.ts",
    from: "condition == 'commit' and (not held[1] or held[1] == wanted)",
    to: "condition == 'commit' and held[1] == wanted",
    test: [engines, "Redis is killed"]
  },
  {
    bug: "25: rule 9 dropped: a replica that took over is believed",
    file: fleet,
    from: "if (before === undefined || !(yield* isAhead(before.tokens, found.tokens))) return found",
    to: "if (before !== found) return found",
    test: [engines, "Redis loses"]
  },
  {
    bug: "25: allow-oom dropped: a full Redis takes no commit of a login that is being renewed",
    file: "src/layers/redis/scripts.ts",
    from: "putScript = `#!lua flags=allow-oom",
    to: "putScript = `#!lua",
    test: [engines, "Redis is full"]
  },
  {
    bug: "25: a claim that no replica has is spent",
    file: "src/layers/redis/RedisEngine.ts",
    from: '_tag === "Granted" ? replicated("claim", key) : Effect.void',
    to: '_tag === "Granted" ? Effect.ignore(replicated("claim", key)) : Effect.void',
    test: [engines, "Redis has no replica"]
  },
  {
    bug: "25: a Redis that vanished is waited for as long as TCP tries",
    file: "src/layers/redis/RedisClient.ts",
    from: "          socketTimeout: answerMillis,\n",
    to: "",
    test: [engines, "Redis vanishes"]
  },
  {
    bug: "29: one query too many within the hour",
    file: queryLog,
    from: "ends.length + ahead - limits.queries",
    to: "ends.length + ahead - limits.queries - 1",
    test: [virtualHour, "in any hour"]
  },
  {
    bug: "29: one query too many at once",
    file: queryLog,
    from: "places.length + ahead - limits.atOnce",
    to: "places.length + ahead - limits.atOnce - 1",
    test: [virtualHour, "in any hour"]
  },
  {
    bug: "29: the place of a query that has ended is not returned",
    file: queryLog,
    from: "starts: withUntil(0)",
    to: "starts: withUntil(now + limits.leaseMillis)",
    test: [virtualHour, "in any hour"]
  },
  {
    bug: "29: the place of a query is free before its lease ends",
    file: queryLog,
    from: "const start = { id, at: now, until: now + limits.leaseMillis }",
    to: "const start = { id, at: now, until: now + limits.leaseMillis / 2 }",
    test: [virtualHour, "were killed"]
  },
  {
    bug: "29: the place of whoever was killed is returned late",
    file: queryLog,
    from: "const start = { id, at: now, until: now + limits.leaseMillis }",
    to: "const start = { id, at: now, until: now + 2 * limits.leaseMillis }",
    test: [virtualHour, "were killed"]
  },
  {
    bug: "29: a refund is counted twice",
    file: queryLog,
    from: "starts: without(log.starts, id), queue",
    to: "starts: without(log.starts, id).slice(1), queue",
    test: [queryLogTests, "not given back"]
  },
  {
    bug: "29: what was never sent counts",
    file: budgeted,
    from: "counted === 0 ? permit.notCounted : Effect.void",
    to: "counted < 0 ? permit.notCounted : Effect.void",
    test: [budgetedTests, "does not resolve"]
  },
  {
    bug: "29: a 429 holds nobody else back",
    file: budgeted,
    from: "Effect.forEach(Option.toArray(outcome.retryAfter), permit.block, { discard: true })",
    to: "Effect.void",
    test: [budgetedTests, "with a Retry-After"]
  },
  {
    bug: "29: whoever cannot count asks again at once after a 429",
    file: budgeted,
    from: "wait && Option.isNone(permit.given) ? alone",
    to: "wait && Option.isNone(permit.given) && key === undefined ? alone",
    test: [budgetedTests, "cannot be kept"]
  },
  {
    bug: "29: whoever waits for the hour sleeps past it",
    file: "src/services/budget/BudgetEngine.ts",
    from: "return Effect.succeed(closed)",
    to: "return Effect.succeed(2 * closed)",
    test: [virtualHour, "in any hour"]
  },
  {
    bug: "29: one query too many, on Redis",
    file: "src/layers/redis/budgetScript.ts",
    from: "#ends + ahead - queries",
    to: "#ends + ahead - queries - 1",
    test: ["test/layers/budget/budgetScript.test.ts", "what the pure one does"]
  },
  {
    bug: "29: steps on Postgres are no transactions",
    file: "src/layers/sql/SqlBudget.ts",
    from: "sql.withTransaction(",
    to: "((steps: Effect.Effect<BudgetState, SqlError>) => steps)(",
    test: [manyProcesses, "with 200 wishes"]
  },
  {
    bug: "29: steps on disk take no lock",
    file: "src/services/budget/DiskBudget.ts",
    from: "yield* files.withLock(paths.own)(() =>",
    to: "yield* ((use: () => Effect.Effect<BudgetState, FileError>) => use())(() =>",
    test: [manyProcesses, "with 200 wishes"]
  },
  {
    bug: "25: whoever finds a login claimed goes on all the same",
    file: "src/services/storage/Engine.ts",
    from: 'if (answer._tag === "Held") {',
    to: 'if (answer._tag === "Held" && answer.millisLeft < 0) {',
    test: ["test/oauth/fleetStorm.test.ts", "expiries"]
  },
  {
    bug: "25: a renewal is forked outside of the scope",
    file: "src/services/tokens/SingleFlight.ts",
    from: "Effect.forkIn(flight, scope)",
    to: "Effect.forkDaemon(flight)",
    test: ["test/oauth/fleetKills.test.ts", "told to end"]
  },
  {
    bug: "25: an early renewal takes over from whoever is stopped",
    file: refresh,
    from: "{ takeOver: false }",
    to: "{ takeOver: true }",
    test: ["test/oauth/fleetPauses.test.ts", "renews early"]
  }
]

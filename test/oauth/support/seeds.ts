/**
 * Seeds the bugs that the promises about tokens guard against, one at a time into a copy of the sources, and
 * runs the test that has to see it. Run: npx tsx test/oauth/support/seeds.ts [WORDS OF A BUG'S NAME]
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

interface Seed {
  readonly bug: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The test file, and the tests in it that are enough. */
  readonly test: readonly [file: string, name?: string]
}

const renewal = "src/services/oauth/renewal.ts"
const store = "src/services/tokens/TokenStore.ts"
const response = "src/domain/oauth/TokenResponse.ts"
const server = "src/domain/oauth/AuthorizationServer.ts"
const redirect = "src/domain/oauth/Redirect.ts"

const unseen = "src/domain/internal/unseen.ts"

const seeds: ReadonlyArray<Seed> = [
  {
    bug: "18: no trust check: a bridge of the working directory is as good as another",
    file: "src/services/bridge/bridgeOwner.ts",
    from: "return world.locations.inWorkingDirectory(path) ? yield* aheadHere(account, path) : true",
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
    bug: "1: no fresh read under the lock",
    file: renewal,
    from: "renewal.place.withLock((held) => renewLocked({ ...renewal, held }))",
    to: `Effect.flatMap(renewal.place.peek, (seen) => renewal.place.withLock((held) =>
      renewLocked({ ...renewal, held: { ...held, read: Effect.succeed(seen) } })))`,
    test: ["test/oauth/oneSpend.test.ts", "processes"]
  },
  {
    bug: "1: no lock",
    file: store,
    from: "files.withLock(path)(effect)",
    to: "effect",
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
    file: renewal,
    from: "  Effect.uninterruptible(\n    Effect.matchEffect(renewal.flow.refresh",
    to: "  Effect.interruptible(\n    Effect.matchEffect(renewal.flow.refresh",
    test: ["test/oauth/oneSpend.test.ts", "program ends"]
  },
  {
    bug: "1: the request is a child of the fiber that is told to stop",
    file: "src/services/oauth/endpoint.ts",
    from: "    Effect.disconnect\n",
    to: "",
    test: ["test/oauth/oneSpend.test.ts", "program ends"]
  },
  {
    bug: "1: the timer of the deadline outlives the request",
    file: "src/services/oauth/endpoint.ts",
    from: "    // An interrupted fiber tells",
    to: "    Effect.tap(() => Effect.sync(() => setTimeout(() => undefined, 15_000))),\n    // An interrupted fiber tells",
    test: ["test/oauth/oneSpend.test.ts", "ends at once"]
  },
  {
    bug: "2: go on unlocked after the wait",
    file: store,
    from: "files.withLock(path)(effect)",
    to: 'Effect.catchTag(files.withLock(path)(effect), "LockTimeout", () => effect)',
    test: ["test/oauth/neverUnlocked.test.ts", "fails after 14 s"]
  },
  {
    bug: "2: no deadline for the request",
    file: "src/services/oauth/endpoint.ts",
    from: "duration: tokenDeadlineMillis",
    to: "duration: 3_600_000",
    test: ["test/oauth/networkProof.test.ts", "no answer"]
  },
  {
    bug: "5: reserve after sending",
    file: renewal,
    from: "Effect.flatMap(renewal.held.reserve, (place) => spend(renewal, tokens, place, fingerprint))",
    to: `spend(renewal, tokens, { commit: (next) => Effect.scoped(
      Effect.flatMap(renewal.held.reserve, ({ commit }) => commit(next))) }, fingerprint)`,
    test: ["test/oauth/diskProof.test.ts"]
  },
  {
    bug: "5: no second chance for what could not be stored",
    file: renewal,
    from: "Effect.catchAll(place.commit(next), () => held.put(next))",
    to: "place.commit(next)",
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
    file: renewal,
    from: "if (isInvalidGrant(failure)) return confirmed(renewal, fingerprint)",
    to: "if (isInvalidGrant(failure)) return Effect.fail(new OAuthRefreshRevoked({ account: renewal.account.name }))",
    test: ["test/oauth/networkProof.test.ts", "another program"]
  },
  {
    bug: "6: a dead token is sent again",
    file: renewal,
    from: "held.markDead(fingerprint)",
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
    bug: "7: a failure writes back what it had read",
    file: renewal,
    from: "onFailure: (failure) => afterRefusal(renewal, fingerprint, failure)",
    to: "onFailure: (failure) => Effect.zipRight(renewal.held.put(tokens), afterRefusal(renewal, fingerprint, failure))",
    test: ["test/oauth/noWipe.test.ts", "interleavings"]
  },
  {
    bug: "7: invalid_grant removes the tokens",
    file: store,
    from: 'markDead: (account, fingerprint) =>\n      Effect.flatMap(inDirectory(account, "dead-refresh-token"), (path) => files.write(path, fingerprint))',
    to: "markDead: (account) => at(account, files.remove)",
    test: ["test/oauth/noWipe.test.ts", "interleavings"]
  },
  {
    bug: "9: a refused bearer is not replaced while it seems fresh",
    file: renewal,
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
    from: "const { base } = yield* Effect.catchTag(homeOf(region, tokens)",
    to: "const { base } = yield* Effect.catchTag(serverOf(region) as ReturnType<typeof homeOf>",
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
    file: "src/services/tokens/lineage.ts",
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
    from: "timingSafeEqual(digest(a), digest(b))",
    to: "a === b",
    test: ["test/domain/oauth/Redirect.test.ts", "constant time"]
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
    to: 'text.replace(runs(), (run) => (run.includes("\n") ? "\n" : "\uFFFD"))',
    test: ["test/e2e/terminalText.test.ts", "hostile files"]
  },
  {
    bug: "21: JSON escapes nothing",
    file: "src/cli/TerminalText.ts",
    from: "new TerminalText(escapeUnseen(json))",
    to: "new TerminalText(json)",
    test: ["test/e2e/terminalText.test.ts", "hostile files"]
  },
  {
    bug: "21: a cell of CSV is a formula",
    file: "src/cli/delimited.ts",
    from: 'typeof value === "number" || !formula.test(cell) ? cell : `\'${cell}`',
    to: "cell",
    test: ["test/cli/TerminalText.test.ts", "CSV"]
  },
  {
    bug: "21: a tab makes a column",
    file: "src/cli/delimited.ts",
    from: "row.map((value) => escapeTsv(cellText(value)))",
    to: 'row.flatMap((value) => cellText(value).split("\\t"))',
    test: ["test/cli/TerminalText.test.ts", "tab-separated"]
  },
  {
    bug: "21: a token is printed altered",
    file: "src/cli/TerminalText.ts",
    from: "onOneLine(text) === text ? new TerminalText(text) : undefined",
    to: "new TerminalText(onOneLine(text))",
    test: ["test/e2e/terminalText.test.ts", "refuses one"]
  },
  {
    bug: "21: diagnostics have a way of their own",
    file: "src/cli/logging.ts",
    from: "HashSet.make(loggerOn(terminal, format))",
    to: "HashSet.make(Logger.withConsoleError(Logger.logfmtLogger))",
    test: ["test/cli/oneWriter.test.ts"]
  }
]

const root = fileURLToPath(new URL("../../..", import.meta.url))

const copy = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "mp-seed-"))
  for (const part of ["src", "test", "package.json", "tsconfig.json"]) {
    cpSync(join(root, part), join(directory, part), { recursive: true })
  }
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"))
  writeFileSync(
    join(directory, "vitest.config.ts"),
    'export default { test: { include: ["test/**/*.test.ts"], testTimeout: 30_000, retry: 0 } }\n'
  )
  return directory
}

const passes = (directory: string, [file, name]: Seed["test"]): boolean => {
  const args = ["vitest", "run", file, ...(name === undefined ? [] : ["-t", name])]
  return (
    spawnSync("npx", args, { cwd: directory, stdio: "ignore", env: { ...process.env, NODE_ENV: "test" } }).status === 0
  )
}

const directory = copy()
const words = process.argv.slice(2).join(" ")
const chosen = seeds.filter((seed) => seed.bug.includes(words))
const files = [...new Set(chosen.map(({ test: [file] }) => file))]
if (spawnSync("npx", ["vitest", "run", ...files], { cwd: directory, stdio: "inherit" }).status !== 0) {
  throw new Error("the tests fail without any bug: nothing can be learned from them")
}
const missed: Array<string> = []
try {
  for (const { bug, file, from, test, to } of chosen) {
    const path = join(directory, file)
    const sound = readFileSync(path, "utf8")
    if (sound.split(from).length !== 2) throw new Error(`${bug}: ${file} does not have, once: ${from}`)
    writeFileSync(
      path,
      sound.replace(from, () => to)
    )
    const seen = !passes(directory, test)
    writeFileSync(path, sound)
    if (!seen) missed.push(bug)
    console.log(`${seen ? "seen  " : "MISSED"} ${bug} (${test.join(", ")})`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exitCode = missed.length === 0 ? 0 : 1

/**
 * What is stored for an account, under another name. The files are copied, then the configuration is changed, which is the
 * step that counts, and then the old ones are forgotten: at every moment the name that the configuration has owns a whole
 * login, and a rename that was killed can be repeated.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { collide } from "../../domain/account/newAccountName.ts"
import { ConfigError } from "../../domain/errors.ts"
import { moveAside } from "../../domain/hints/fileFixes.ts"
import { CredentialFiles, type FileLock } from "../platform/CredentialFiles.ts"
import { Locations } from "../platform/Locations.ts"
import { CredentialStorage } from "../storage/CredentialStorage.ts"
import { type Renaming, renameEntries } from "./renameEntries.ts"
import { accountFiles, type LeftBehind } from "./TokenStore.ts"

/** `left` is what stays in the old directory because it is not ours. */
export const moveAccount = <A, E, Unknown>(
  from: AccountName,
  to: AccountName,
  { commit, isUnchanged }: Renaming<A, E, Unknown>
) =>
  Effect.gen(function* () {
    const storage = yield* CredentialStorage
    if (storage.isShared) {
      const result = yield* renameEntries(storage, { from, to }, { commit, isUnchanged })
      return { result, left: Option.none<LeftBehind>(), hasBridges: false }
    }
    const files = yield* CredentialFiles
    const locations = yield* Locations
    const [source, destination] = yield* Effect.all([locations.accountDirectory(from), locations.accountDirectory(to)])
    const locked = (account: AccountName) => Effect.map(locations.tokens(account), (path) => files.withLock(path))

    const forget = (directory: string, lock: FileLock) =>
      Effect.zipRight(
        Effect.forEach(accountFiles, (name) => files.remove(`${directory}/${name}`), { discard: true }),
        Effect.map(lock.removeDirectory, (names): LeftBehind => ({ directory, names }))
      )

    /** A disk that does not tell upper from lower case has one directory for both names. */
    const isOnePlace = collide(from, to)
      ? Effect.gen(function* () {
          const stored = yield* Effect.flatMap(locations.accounts, files.list)
          return !stored.includes(to) && (yield* files.list(destination)).length > 0
        })
      : Effect.succeed(false)

    const notTaken = Effect.gen(function* () {
      const [own, other] = yield* Effect.all([
        files.read(`${source}/tokens.json`),
        files.read(`${destination}/tokens.json`)
      ])
      // The same login there is what a rename left that was killed.
      if (Option.isSome(other) && !Option.contains(own, other.value)) return yield* taken(destination)
    })

    const copy = Effect.forEach(
      accountFiles,
      (name) =>
        Effect.flatMap(
          files.read(`${source}/${name}`),
          Option.match({
            onNone: () => Effect.asVoid(files.remove(`${destination}/${name}`)),
            onSome: (text) => files.write(`${destination}/${name}`, text)
          })
        ),
      { discard: true }
    )

    const moved = (lock: FileLock) => (other: FileLock) =>
      Effect.gen(function* () {
        yield* notTaken
        const result = yield* Effect.zipRight(copy, commit).pipe(
          Effect.onError(() =>
            Effect.ignore(
              Effect.flatMap(isUnchanged, (is) => (is ? Effect.asVoid(forget(destination, other)) : Effect.void))
            )
          )
        )
        return { result, left: Option.some(yield* forget(source, lock)) }
      })

    const withBoth = (lock: FileLock) =>
      Effect.gen(function* () {
        const notes = yield* files.read(`${source}/bridges.json`)
        const done = yield* (yield* isOnePlace)
          ? Effect.map(commit, (result) => ({ result, left: Option.none<LeftBehind>() }))
          : Effect.flatMap(locked(to), (use) => use(moved(lock)))
        return { ...done, hasBridges: Option.exists(notes, (text) => text !== "[]") }
      })

    return yield* (yield* locked(from))(withBoth)
  }).pipe(Effect.uninterruptible)

const taken = (directory: string) =>
  new ConfigError({
    message: `${directory} holds the login of an account that is not configured.`,
    hints: [moveAside(directory)],
    details: { path: directory }
  })

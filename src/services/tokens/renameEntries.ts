/**
 * What is stored for an account in a store that machines share, under another name. Nobody spends the login meanwhile: it is
 * claimed. It is copied, then the configuration is changed, which is the step that counts, and then the old entries are
 * removed: at every moment the name that the configuration has owns a whole login, and a rename that was killed can be
 * repeated.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { ConfigError } from "../../domain/errors.ts"
import { argument, command } from "../../domain/hints/Command.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { type ClaimError, plainly, Superseded } from "../../domain/storage/StorageError.ts"
import { defaultLockWait } from "../platform/CredentialFiles.ts"
import { Crypto } from "../platform/Crypto.ts"
import { type Claim, type CredentialStorageShape, whatever } from "../storage/CredentialStorage.ts"
import { caches, lasting } from "../storage/cacheEntries.ts"
import { tokenEntry } from "./tokenEntry.ts"
import { isNewer, sameLogin } from "./tokenFamily.ts"

export interface Renaming<A, E, Unknown> {
  readonly commit: Effect.Effect<A, E>
  /** Whether the configuration has the former name: a disk may do a change that it then cannot confirm. */
  readonly isUnchanged: Effect.Effect<boolean, Unknown>
}

const beside = [...caches, "dead"]

type Failed = OAuthTokenError | ClaimError | ConfigError

export const renameEntries = <A, E, Unknown>(
  storage: CredentialStorageShape,
  { from, to }: { readonly from: AccountName; readonly to: AccountName },
  { commit, isUnchanged }: Renaming<A, E, Unknown>
): Effect.Effect<A, E | Failed, Crypto> =>
  Effect.gen(function* () {
    const crypto = yield* Crypto
    const { read } = tokenEntry(storage)
    const key = (name: AccountName, entry = "tokens") => `accounts/${name}/${entry}`

    const copied: Effect.Effect<Option.Option<Claim>, Failed, Scope.Scope> = Effect.gen(function* () {
      const [ours, theirs] = yield* Effect.all([read(from, key(from)), read(to, key(to))])
      const isOfRename =
        Option.isNone(theirs) ||
        (Option.isSome(ours) && (yield* sameLogin(crypto, ours.value.tokens, theirs.value.tokens)))
      if (!isOfRename) return yield* taken(yield* storage.describe(key(to)), to)
      if (Option.isNone(ours)) return Option.none()
      const claim = yield* storage.claim(key(from), ours.value.version, { wait: defaultLockWait })
      const found = yield* storage.get(key(from))
      if (Option.isNone(found) || found.value.version !== ours.value.version) {
        return yield* Effect.zipRight(claim.unspent, new Superseded({ key: key(from) }))
      }
      if (Option.isNone(theirs) || (yield* isNewer(crypto, ours.value.tokens, theirs.value.tokens))) {
        const expected = Option.match(theirs, {
          onNone: () => "absent" as const,
          onSome: ({ version }) => ({ version })
        })
        yield* storage.put(key(to), found.value.value, { expected })
      }
      return Option.some(claim)
    }).pipe(
      Effect.retry({ while: ({ _tag }) => _tag === "Superseded" }),
      Effect.mapError((error) => (error._tag === "StorageError" ? plainly(error) : error))
    )

    const copyBeside = Effect.forEach(
      beside,
      (entry) =>
        Effect.flatMap(
          storage.get(key(from, entry)),
          Option.match({
            onNone: () => Effect.void,
            onSome: ({ value }) => storage.put(key(to, entry), value, { expected: "any", ...lasting(key(to, entry)) })
          })
        ),
      { discard: true }
    )
    const forget = (name: AccountName, entries: ReadonlyArray<string>) =>
      Effect.forEach(entries, (entry) => whatever(storage.remove(key(name, entry), "any")), { discard: true })

    /** Who took the claim over before it was all done has renewed the login: what came of that is moved, too. */
    const removed = (claim: Option.Option<Claim>): Effect.Effect<void, Failed, Scope.Scope> =>
      Option.match(claim, {
        onNone: () => Effect.void,
        onSome: ({ remove }) =>
          Effect.matchEffect(remove, {
            onFailure: (error): Effect.Effect<void, Failed, Scope.Scope> =>
              error._tag === "Superseded" ? Effect.flatMap(copied, removed) : Effect.fail(plainly(error)),
            onSuccess: () => Effect.void
          })
      })

    const claim = yield* copied
    yield* whatever(copyBeside)
    const result = yield* Effect.onError(commit, () =>
      Effect.ignore(
        Effect.flatMap(isUnchanged, (is) => (is ? forget(to, [...beside, "tokens"]) : Effect.void)).pipe(
          Effect.zipRight(Option.match(claim, { onNone: () => Effect.void, onSome: ({ unspent }) => unspent }))
        )
      )
    )
    yield* removed(claim)
    yield* forget(from, beside)
    return result
  }).pipe(Effect.scoped, Effect.uninterruptible)

const taken = (place: string, name: AccountName) =>
  new ConfigError({
    message: `${place} is the login of an account that is not configured.`,
    hints: [
      command`mp account add ${argument(name)} --type oauth_browser && mp account remove ${argument(name)} --revoke`
    ],
    details: { key: place }
  })

/**
 * One login, from a store to another. Its refresh token is at no moment in two places that would spend it: it is put beside
 * the tokens of its own store first, where nobody looks but a move, then taken away from where it is spent, then stored where
 * it goes. A move that was killed is finished by the next one, whatever it had come to.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { type ClaimError, StorageError } from "../../domain/storage/StorageError.ts"
import { namingClient } from "../oauth/namingClient.ts"
import { defaultLockWait } from "../platform/CredentialFiles.ts"
import { type StoredTokens, tokenEntry } from "../tokens/tokenEntry.ts"
import { isNewer, sameLogin, withFamily } from "../tokens/tokenFamily.ts"
import type { Claim, CredentialStorageShape, Version } from "./CredentialStorage.ts"
import { bothStay, bridgeStays, commandAt, isThere, type Move, moved, type Outcome } from "./Move.ts"

type Found = "nothing" | "the same" | "another" | { readonly older: Version }

type Parked = Pick<Claim, "confirm" | "remove">

type MoveError = OAuthTokenError | ClaimError

export const moveLogin = (
  move: Move,
  account: OAuthBrowserAccount
): Effect.Effect<Option.Option<Outcome>, MoveError> => {
  const { bridgesOf, clients, crypto, from, isDry, to } = move
  const { name, region } = account
  const tokensKey = `accounts/${name}/tokens`
  const movingKey = `accounts/${name}/moving`
  const here = tokensIn(from)
  const there = tokensIn(to)
  const stays = bothStay(move, name)

  const foundFor = (tokens: OAuthTokens): Effect.Effect<Found, OAuthTokenError | StorageError> =>
    Effect.gen(function* () {
      const found = Option.getOrNull(yield* there.read(name, tokensKey))
      if (found === null) return "nothing"
      if (!(yield* sameLogin(crypto, found.tokens, tokens))) return "another"
      return (yield* isNewer(crypto, tokens, found.tokens)) ? { older: found.version } : "the same"
    })

  const hindrance = (tokens: OAuthTokens): Effect.Effect<Option.Option<Outcome>, OAuthTokenError | StorageError> =>
    Effect.gen(function* () {
      const [bridge] = yield* bridgesOf(account)
      if (bridge !== undefined) return Option.some(bridgeStays(bridge))
      const found = yield* foundFor(tokens)
      if (found === "another") return Option.some(yield* stays)
      return found === "the same" ? Option.some(isThere) : Option.none()
    })

  const leaving = (tokens: OAuthTokens, claim: Claim) =>
    Effect.gen(function* () {
      const hindered = yield* hindrance(tokens)
      if (Option.exists(hindered, ({ _tag }) => _tag === "kept")) return hindered
      if (Option.isNone(hindered)) {
        const named = yield* namingClient(clients, region, tokens)
        const text = yield* here.textOf(yield* withFamily(crypto, named))
        yield* from.put(movingKey, text, { expected: "any" })
      }
      yield* Effect.zipRight(claim.confirm, claim.remove)
      return hindered
    })

  const left = Effect.flatMap(
    here.read(name, tokensKey),
    Option.match({
      onNone: () => Effect.succeedNone,
      onSome: ({ tokens, version }: StoredTokens) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.flatMap(restore(from.claim(tokensKey, version, { wait: defaultLockWait })), (claim) =>
            Effect.ensuring(leaving(tokens, claim), claim.unspent)
          )
        ).pipe(Effect.scoped)
    })
  )

  /** On disk several who finish the same move do no harm; out of a shared store others would move them elsewhere. */
  const parkedAt = (version: Version): Effect.Effect<Parked, ClaimError | StorageError, Scope.Scope> =>
    from.isShared
      ? from.claim(movingKey, version, { wait: defaultLockWait })
      : Effect.succeed({ confirm: Effect.void, remove: from.remove(movingKey, "any") })

  /** Whoever has logged in here meanwhile stays, too. */
  const back = (tokens: OAuthTokens, parked: Parked) =>
    Effect.flatMap(here.textOf(tokens), (text) =>
      Effect.matchEffect(from.put(tokensKey, text, { expected: "absent" }), {
        onFailure: (error) => (error._tag === "Superseded" ? Effect.void : Effect.fail(error)),
        onSuccess: () => Effect.asVoid(parked.remove)
      })
    )

  const arriving = (tokens: OAuthTokens, parked: Parked) =>
    Effect.gen(function* () {
      const found = yield* foundFor(tokens)
      if (found === "another") return yield* Effect.zipRight(back(tokens, parked), stays)
      if (found === "the same") return yield* Effect.as(parked.remove, isThere)
      yield* parked.confirm
      const expected = found === "nothing" ? "absent" : { version: found.older }
      const stored = yield* to.put(tokensKey, yield* there.textOf(tokens), { expected })
      // Somebody else has taken them out of the shared store meanwhile: they are not ours.
      yield* Effect.tapErrorTag(parked.remove, "Superseded", () => to.remove(tokensKey, { version: stored.version }))
      return moved
    })

  const arrived = Effect.flatMap(
    here.read(name, movingKey),
    Effect.transposeMapOption(({ tokens, version }: StoredTokens) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(restore(parkedAt(version)), (parked) => arriving(tokens, parked))
      ).pipe(Effect.scoped)
    )
  ).pipe(Effect.mapError((error) => (error._tag === "StorageError" ? onItsWay(error, name) : error)))

  const wouldBe = Effect.gen(function* () {
    const [spent, moving] = yield* Effect.all([here.read(name, tokensKey), here.read(name, movingKey)])
    const found = Option.orElse(spent, () => moving)
    return yield* Effect.transposeMapOption(found, ({ tokens }) =>
      Effect.map(
        hindrance(tokens),
        Option.getOrElse((): Outcome => moved)
      )
    )
  })

  const done = Effect.gen(function* () {
    const outcome = yield* left
    if (Option.exists(outcome, ({ _tag }) => _tag === "kept")) return outcome
    return Option.orElse(yield* arrived, () => outcome)
  })

  return isDry ? wouldBe : Effect.retry(done, { while: ({ _tag }) => _tag === "Superseded" })
}

/** Whose commands are about that store. */
const tokensIn = (storage: CredentialStorageShape) => {
  const entry = tokenEntry(storage)
  const read: typeof entry.read = (name, key) =>
    Effect.mapError(entry.read(name, key), (error) =>
      error._tag === "OAuthTokenError"
        ? new OAuthTokenError({ ...error, fixes: error.fixes.map((fix) => commandAt(storage, fix)) })
        : error
    )
  return { ...entry, read }
}

/** Where it was not confirmed that they are stored, they stay where nobody spends them. */
const onItsWay = ({ fixes = [], key, operation, reason, store, temporary }: StorageError, name: string) =>
  new StorageError({
    operation,
    key,
    store,
    reason: `${reason.replace(/\.$/, "")}; the login of '${name}' is on its way, and the same command finishes that`,
    temporary,
    fixes
  })

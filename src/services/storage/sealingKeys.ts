/** The keys that seal what an engine holds: `id:BASE64` of 32 bytes each. The first seals, all open. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import { command } from "../../domain/hints/Command.ts"
import { StorageError } from "../../domain/storage/StorageError.ts"

export type Keys = Redacted.Redacted | ReadonlyArray<Redacted.Redacted>

interface SealingKey {
  readonly id: string
  readonly bytes: Uint8Array
}

const bytesOfKey = 32

const setting = "MP_STORE_KEY (keys)"

/** Makes a key; who has one already adds the new one in front, so that it seals and both open. */
const newKey = command`export MP_STORE_KEY="k1:$(openssl rand -base64 32)"`

const refused = (store: string, reason: string) =>
  new StorageError({ operation: "open", key: null, store, reason, temporary: false, fixes: [newKey] })

const parsed = (text: string, place: number): Either.Either<SealingKey, string> => {
  const [, id, base64] = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+={0,2})$/.exec(text) ?? []
  if (id === undefined || base64 === undefined) {
    return Either.left(`key ${place} of ${setting} is not of the form ID:BASE64`)
  }
  const decode = /[-_]/.test(base64) ? Encoding.decodeBase64Url : Encoding.decodeBase64
  const bytes = Either.getOrElse(decode(base64.replace(/[-_]/.test(base64) ? /=+$/ : /$^/, "")), () => new Uint8Array())
  return bytes.length === bytesOfKey
    ? Either.right({ id, bytes })
    : Either.left(`key ${id} of ${setting} has ${bytes.length} bytes, and ${bytesOfKey} are needed`)
}

export const parseKeys = (
  store: string,
  keys: Keys | undefined
): Effect.Effect<ReadonlyArray<SealingKey>, StorageError> =>
  Effect.gen(function* () {
    const given = keys === undefined ? [] : Redacted.isRedacted(keys) ? [keys] : keys
    const texts = given.flatMap((key) => Redacted.value(key).split(",")).map((text) => text.trim())
    const all = texts.filter((text) => text !== "")
    if (all.length === 0) return yield* refused(store, `values are sealed, and ${setting} holds no key`)
    const ring = all.map((text, index) => parsed(text, index + 1))
    const known: Array<SealingKey> = []
    for (const key of ring) {
      if (Either.isLeft(key)) return yield* refused(store, key.left)
      if (known.some(({ id }) => id === key.right.id)) {
        return yield* refused(store, `${setting} holds two keys of the name ${key.right.id}`)
      }
      known.push(key.right)
    }
    return known
  })

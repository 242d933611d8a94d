/**
 * A store whose values only those can read who have a key, and which opens nothing that was changed, or moved here from
 * another name or namespace: AES-256-GCM over the Web Crypto API, as `1.KEYID.NONCE.SEALED`. Versions, holders and times stay
 * in clear.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { command } from "../../domain/hints/Command.ts"
import { StorageError } from "../../domain/storage/StorageError.ts"
import type { CredentialStorageShape, Entry } from "./CredentialStorage.ts"
import { type Keys, parseKeys } from "./sealingKeys.ts"

interface Sealing {
  readonly namespace: string
  readonly keys: Keys | undefined
}

const format = "1"

/** A value is what was sealed, to its last byte. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const bytesOfNonce = 12

const sealedForm = /^1\.([\w-]+)\.([\w-]+)\.([\w-]+)$/

/** The id of the key that seals a value, of which the beginning is enough; `null` for one that is not sealed. */
export const sealedBy = (value: string): string | null => /^1\.([\w-]+)\./.exec(value)?.[1] ?? null

/** What a value is bound to: whatever else is put there does not open. */
const bound = (id: string, namespace: string, key: string): Uint8Array =>
  new TextEncoder().encode([format, id, namespace, key].join("\0"))

/** What seals a store; fails where a key cannot be used, so that nothing is asked of an engine without one. */
export const sealing = (
  store: string,
  { keys, namespace }: Sealing
): Effect.Effect<(storage: CredentialStorageShape) => CredentialStorageShape, StorageError> =>
  Effect.gen(function* () {
    const { subtle } = globalThis.crypto
    const parsed = yield* parseKeys(store, keys)
    const ring = yield* Effect.forEach(parsed, ({ bytes, id }) =>
      Effect.map(
        Effect.promise(() => subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"])),
        (key) => [id, key] as const
      )
    )
    const held = new Map(ring)
    const known = [...held.keys()].join(", ")

    const seal = (key: string, value: string): Effect.Effect<string> =>
      Effect.promise(async () => {
        const [[id = "", first] = []] = ring
        if (first === undefined) return ""
        const iv = globalThis.crypto.getRandomValues(new Uint8Array(bytesOfNonce))
        const how = { name: "AES-GCM", iv, additionalData: bound(id, namespace, key) }
        const text = new Uint8Array(await subtle.encrypt(how, first, new TextEncoder().encode(value)))
        return [format, id, Encoding.encodeBase64Url(iv), Encoding.encodeBase64Url(text)].join(".")
      })

    const unopened = (key: string, reason: string) =>
      new StorageError({
        operation: "get",
        key,
        store,
        reason,
        temporary: false,
        fixes: [command`export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS`, command`export MP_STORE_NAMESPACE=NAME`]
      })

    const open = (key: string, value: string): Effect.Effect<string, StorageError> => {
      const [, id = "", nonce = "", text = ""] = sealedForm.exec(value) ?? []
      if (id === "") return unopened(key, "it is not sealed: whoever wrote it has no MP_STORE_KEY (keys)")
      const opener = held.get(id)
      if (opener === undefined) {
        return unopened(key, `it is sealed with key ${id}, and MP_STORE_KEY (keys) holds ${known} only`)
      }
      const iv = Either.getOrElse(Encoding.decodeBase64Url(nonce), () => new Uint8Array())
      const bytes = Either.getOrElse(Encoding.decodeBase64Url(text), () => new Uint8Array())
      return Effect.tryPromise({
        try: async () =>
          utf8.decode(
            await subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound(id, namespace, key) }, opener, bytes)
          ),
        catch: () =>
          unopened(
            key,
            `it does not open with key ${id} of MP_STORE_KEY (keys): that is another key than the one of this name, or the entry was changed, or moved here from another name or namespace than ${namespace}`
          )
      })
    }

    const opened = (key: string, entry: Entry) =>
      Effect.map(open(key, entry.value), (value): Entry => ({ value, version: entry.version }))

    return (storage) => ({
      ...storage,
      get: (key) =>
        Effect.flatMap(
          storage.get(key),
          Effect.transposeMapOption((entry) => opened(key, entry))
        ),
      put: (key, value, how) =>
        Effect.flatMap(seal(key, value), (text) =>
          Effect.map(storage.put(key, text, how), ({ version }): Entry => ({ value, version }))
        ),
      claim: (key, version, how) =>
        Effect.map(storage.claim(key, version, how), (claim) => ({
          ...claim,
          commit: (value) =>
            Effect.flatMap(seal(key, value), (text) =>
              Effect.map(claim.commit(text), (entry): Entry => ({ value, version: entry.version }))
            )
        })),
      update: (key, edit) =>
        storage.update(key, (found) =>
          Effect.gen(function* () {
            const [result, value] = yield* edit(yield* Effect.transposeMapOption(found, (text) => open(key, text)))
            return [result, yield* Effect.transposeMapOption(value, (text) => seal(key, text))]
          })
        )
    })
  })

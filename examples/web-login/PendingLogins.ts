/**
 * Where a login is kept between the page at Mixpanel and the redirect: in a cookie that only this application can read, or
 * in a directory that all replicas share. Both finish on another replica than the one that began.
 */
import { FileSystem, Path } from "@effect/platform"
import { Config, Context, Effect, Encoding, Layer, type Option, Redacted, Schema } from "effect"
import { AccountName, PendingLogin } from "effect-mixpanel"

/** Whose login it is, and what finishes it. */
const Kept = Schema.Struct({ tenant: AccountName, pending: PendingLogin })
type Kept = typeof Kept.Type

const KeptText = Schema.parseJson(Kept)

export class PendingLogins extends Context.Tag("web-login/PendingLogins")<
  PendingLogins,
  {
    /** Keeps a login; what it gives belongs in a cookie of the browser that began it, and nowhere else. */
    readonly keep: (login: Kept) => Effect.Effect<string>
    /** The login of a cookie; `None` where there is none, or somebody else wrote it. */
    readonly take: (cookie: string) => Effect.Effect<Option.Option<Kept>>
  }
>() {}

const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))

/** Encrypted and authenticated (AES-GCM), in the cookie itself: nothing is stored. `COOKIE_KEY` is 32 bytes as base64url. */
export const inCookie = Layer.effect(
  PendingLogins,
  Effect.gen(function* () {
    const secret = yield* Config.redacted("COOKIE_KEY")
    const bytes = yield* Encoding.decodeBase64Url(Redacted.value(secret))
    const key = yield* Effect.tryPromise(() =>
      crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, ["encrypt", "decrypt"])
    )
    return {
      keep: (login) =>
        Effect.gen(function* () {
          const iv = randomBytes(12)
          const text = new TextEncoder().encode(yield* Effect.orDie(Schema.encode(KeptText)(login)))
          const sealed = yield* Effect.promise(() => crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text))
          return Encoding.encodeBase64Url(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
        }),
      take: (cookie) =>
        Effect.gen(function* () {
          const sealed = new Uint8Array(yield* Encoding.decodeBase64Url(cookie))
          const iv = sealed.subarray(0, 12)
          const text = yield* Effect.tryPromise(() =>
            crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed.subarray(12))
          )
          return yield* Schema.decode(KeptText)(new TextDecoder().decode(text))
        }).pipe(Effect.option)
    }
  })
)

/** In `PENDING_DIR`, under a name that nobody can guess; the cookie holds the name. Each is taken once. */
export const inDirectory = Layer.effect(
  PendingLogins,
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const directory = yield* Config.string("PENDING_DIR")
    yield* files.makeDirectory(directory, { recursive: true, mode: 0o700 })
    const newName = Effect.sync(() => Encoding.encodeBase64Url(randomBytes(24)))
    return {
      keep: (login) =>
        Effect.gen(function* () {
          const name = yield* newName
          const text = yield* Schema.encode(KeptText)(login)
          yield* files.writeFileString(path.join(directory, name), text, { mode: 0o600 })
          return name
        }).pipe(Effect.orDie),
      take: (cookie) =>
        Effect.gen(function* () {
          const name = yield* Schema.decode(Schema.String.pipe(Schema.pattern(/^[\w-]{32}$/)))(cookie)
          // Of all that ask for a file, one renames it.
          const mine = path.join(directory, yield* newName)
          yield* files.rename(path.join(directory, name), mine)
          const text = yield* Effect.ensuring(files.readFileString(mine), Effect.ignore(files.remove(mine)))
          return yield* Schema.decode(KeptText)(text)
        }).pipe(Effect.option)
    }
  })
)

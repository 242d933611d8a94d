/**
 * Tokens in a vault in place of `tokens.json`: logins are kept there, refreshed there, and forgotten there. A claim is for
 * the fibers of this process; where several processes share the vault, take a lock that it has.
 */
import { Console, Context, Effect, Layer, Option, Redacted, Schema } from "effect"
import {
  AccountName,
  Mixpanel,
  OAuthBrowserAccount,
  OAuthTokenError,
  OAuthTokens,
  Project,
  ProjectId,
  Session,
  Superseded,
  TokenStore
} from "effect-mixpanel"
import { layerWith } from "effect-mixpanel/node"
import { logIn } from "./support/person.ts"
import { sandbox } from "./support/sandbox.ts"

/** The vault, in place of yours: secrets by name. */
class Vault extends Context.Tag("example/Vault")<
  Vault,
  {
    readonly read: (name: string) => Effect.Effect<Option.Option<string>>
    readonly write: (name: string, secret: string) => Effect.Effect<void>
    readonly remove: (name: string) => Effect.Effect<boolean>
  }
>() {}

const inMemory = Layer.sync(Vault, () => {
  const secrets = new Map<string, string>()
  return {
    read: (name) => Effect.sync(() => Option.fromNullable(secrets.get(name))),
    write: (name, secret) => Effect.sync(() => void secrets.set(name, secret)),
    remove: (name) => Effect.sync(() => secrets.delete(name))
  }
})

const TokensText = Schema.parseJson(OAuthTokens)

const tokensInVault = Layer.effect(
  TokenStore,
  Effect.gen(function* () {
    const vault = yield* Vault
    const locks = new Map<string, Effect.Semaphore>()
    const lockOf = (account: string) => {
      const lock = locks.get(account) ?? Effect.unsafeMakeSemaphore(1)
      locks.set(account, lock)
      return lock
    }
    const put = (account: string, tokens: OAuthTokens) =>
      Schema.encode(TokensText)(tokens).pipe(
        Effect.orDie,
        Effect.tap((text) => vault.write(`${account}/tokens`, text))
      )
    /** A version is the text: whoever claims one that is not there any more hears of it. */
    const stored = (account: AccountName) =>
      vault.read(`${account}/tokens`).pipe(
        Effect.flatMap(
          Effect.transposeMapOption((version) =>
            Effect.map(Schema.decode(TokensText)(version), (tokens) => ({ tokens, version }))
          )
        ),
        Effect.mapError(
          () =>
            new OAuthTokenError({
              account,
              reason: `the vault's ${account}/tokens cannot be read.`,
              fixes: [],
              details: { account }
            })
        )
      )
    const get = (account: AccountName) =>
      Effect.map(
        stored(account),
        Option.map(({ tokens }) => tokens)
      )
    const forget = (account: AccountName) =>
      Effect.forEach(["dead", "tokens"], (name) => vault.remove(`${account}/${name}`))
    return TokenStore.of({
      describe: (account) => Effect.succeed(`vault:${account}/tokens`),
      get,
      stored,
      ofAccounts: (accounts) =>
        Effect.map(
          Effect.forEach(accounts, ({ name }) =>
            Effect.map(Effect.option(get(name)), (found) => [name, Option.flatten(found)] as const)
          ),
          (found) =>
            new Map(found.flatMap(([name, tokens]) => (Option.isSome(tokens) ? [[name, tokens.value] as const] : [])))
        ),
      claim: (account, version) =>
        Effect.gen(function* () {
          const lock = lockOf(account)
          yield* Effect.acquireRelease(lock.take(1), () => lock.release(1))
          const isStill = Option.contains(yield* vault.read(`${account}/tokens`), version)
          if (!isStill) return yield* new Superseded({ key: `${account}/tokens` })
          return {
            abandonedBy: Option.none(),
            // A vault that can be full takes the place here: what follows is the only copy of the new tokens.
            confirm: Effect.void,
            commit: (tokens) => Effect.asVoid(put(account, tokens)),
            remove: vault.remove(`${account}/tokens`),
            unspent: Effect.void
          }
        }),
      replace: (account, version, tokens) =>
        lockOf(account).withPermits(1)(
          Effect.gen(function* () {
            const isStill = Option.contains(yield* vault.read(`${account}/tokens`), version)
            if (!isStill) return yield* new Superseded({ key: `${account}/tokens` })
            return yield* put(account, tokens)
          })
        ),
      put: (account, tokens) => Effect.asVoid(put(account, tokens)),
      putPending: (tokens) => Effect.asVoid(put("pending", tokens)),
      removePending: vault.remove("pending/tokens"),
      remove: (account) => vault.remove(`${account}/tokens`),
      markDead: (account, fingerprint) => vault.write(`${account}/dead`, fingerprint),
      dead: (account) => vault.read(`${account}/dead`),
      forget: (account) => Effect.as(forget(account), { directory: `vault:${account}`, names: [] }),
      forgetCaches: () => Effect.succeed(false)
    })
  })
)

const jo = new OAuthBrowserAccount({ name: AccountName.make("jo"), region: "us" })
const session = new Session({ account: jo, project: new Project({ id: ProjectId.make("3018488") }) })

const program = Effect.gen(function* () {
  const mixpanel = yield* Mixpanel
  const store = yield* TokenStore
  const first = yield* logIn(jo)
  const { userEmail } = yield* mixpanel.me(session)
  yield* Console.log(`Signed in as ${Option.getOrElse(userEmail, () => "nobody")}.`)
  const now = yield* store.get(jo.name)
  const isNew = Option.exists(now, (tokens) => Redacted.value(tokens.accessToken) !== Redacted.value(first.accessToken))
  yield* Console.log(`${yield* store.describe(jo.name)} holds ${isNew ? "refreshed" : "the same"} tokens.`)
})

/** The layer that is given needs the vault, and `layerWith` says so in its type. */
const services = layerWith({ tokenStore: tokensInVault }).pipe(Layer.provideMerge(inMemory))

// Tokens of this sandbox have expired when they are issued: the first request refreshes them.
const world = sandbox({ oauth: { accessTokenTtlSeconds: 1 } })

await Effect.runPromise(Effect.provide(program, Layer.provideMerge(services, world)))

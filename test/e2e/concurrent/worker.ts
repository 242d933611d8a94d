/** `worker.mjs CONFIG NAME COUNT`: adds accounts `NAME-0`, `NAME-1`, … one transaction each, one after the other. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { dirname } from "node:path"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import * as DiskFiles from "#src/layers/node/files/DiskFiles.ts"
import { layer as nodeCrypto } from "#src/layers/node/crypto.ts"
import * as Store from "#src/services/config/ConfigStore.ts"
import * as DiskStorage from "#src/services/storage/DiskStorage.ts"
import { make } from "#src/layers/node/locations.ts"
import { Locations } from "#src/services/platform/Locations.ts"

const [config = "", name = "", count = "0"] = process.argv.slice(2)

const home = dirname(dirname(config))
const store = Store.layer.pipe(
  Layer.provide(DiskStorage.layer),
  Layer.provide(Layer.mergeAll(DiskFiles.layer, nodeCrypto, Layer.succeed(Locations, make({ home, cwd: home }))))
)

const program = Effect.gen(function* () {
  const { modify } = yield* Store.ConfigStore
  yield* Effect.forEach(
    Array.from({ length: Number(count) }, (_, index) => AccountName.make(`${name}-${index}`)),
    (account) => modify(Edits.addAccount(new OAuthBrowserAccount({ name: account, region: "us" }))),
    { discard: true }
  )
})

const alive = setInterval(() => undefined, 1000)
await Effect.runPromise(Effect.provide(program, store))
clearInterval(alive)

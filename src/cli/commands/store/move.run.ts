import * as Effect from "effect/Effect"
import { ConfigError } from "../../../domain/errors.ts"
import { nodeCrypto } from "../../../layers/node/crypto.ts"
import { bridgesOf } from "../../../services/bridge/bridgesOf.ts"
import * as ClientStore from "../../../services/oauth/ClientStore.ts"
import type { CredentialFiles } from "../../../services/platform/CredentialFiles.ts"
import { Crypto } from "../../../services/platform/Crypto.ts"
import type { Locations } from "../../../services/platform/Locations.ts"
import { CredentialStorage } from "../../../services/storage/CredentialStorage.ts"
import * as DiskStorage from "../../../services/storage/DiskStorage.ts"
import type { MovedEntry } from "../../../services/storage/Move.ts"
import { isKept, moveStore } from "../../../services/storage/moveStore.ts"
import { withStores } from "../../app/identities.ts"
import { list, notice } from "../../app/output.ts"
import { withSignOfLife } from "../../app/signOfLife.ts"
import { theStore } from "./theStore.ts"

interface Given {
  readonly dryRun: boolean
}

export const moveIn = ({ dryRun }: Given) =>
  Effect.gen(function* () {
    const { opened, shown } = yield* theStore
    const disk = yield* DiskStorage.make
    const context = yield* Effect.context<CredentialFiles | Locations>()
    const entries = yield* withSignOfLife(
      moveStore({
        from: disk,
        to: yield* opened,
        clients: yield* clientsIn(disk),
        crypto: nodeCrypto,
        bridgesOf: (account) =>
          withStores(bridgesOf(account)).pipe(Effect.provideService(CredentialStorage, disk), Effect.provide(context)),
        isDry: dryRun
      })
    )
    yield* told(entries, { dryRun, empty: "Nothing is stored on this machine.", to: shown })
  })

export const moveOut = ({ dryRun }: Given) =>
  Effect.gen(function* () {
    const { opened, shown } = yield* theStore
    const from = yield* opened
    const entries = yield* withSignOfLife(
      moveStore({
        from,
        to: yield* DiskStorage.make,
        clients: yield* clientsIn(from),
        crypto: nodeCrypto,
        bridgesOf: () => Effect.succeed([]),
        isDry: dryRun
      })
    )
    yield* told(entries, { dryRun, empty: `Nothing is stored in ${shown}.`, to: "the files of this machine" })
  })

const clientsIn = (storage: typeof CredentialStorage.Service) =>
  ClientStore.make.pipe(Effect.provideService(CredentialStorage, storage), Effect.provideService(Crypto, nodeCrypto))

interface About extends Given {
  readonly empty: string
  readonly to: string
}

const told = (entries: ReadonlyArray<MovedEntry>, { dryRun, empty, to }: About) =>
  Effect.gen(function* () {
    yield* list(
      entries.map(({ key, outcome }) => ({
        entry: key,
        outcome: outcome._tag,
        reason: outcome._tag === "kept" ? outcome.reason : null,
        dry_run: dryRun
      })),
      { columns: ["entry", "outcome", "reason"], empty }
    )
    if (dryRun) yield* notice("Nothing was changed.")
    else if (entries.some(({ outcome }) => outcome._tag === "moved")) {
      yield* notice(`What was moved is in ${to} now, and nowhere else.`)
    }
    const staying = entries.filter((entry) => isKept(entry) && !entry.key.startsWith("clients/"))
    if (staying.length > 0) return yield* stays(staying)
  })

const stays = (entries: ReadonlyArray<MovedEntry>) =>
  new ConfigError({
    message: [...entries]
      .sort((one, other) => Number(one.key === "config") - Number(other.key === "config"))
      .flatMap(({ key, outcome }) => (outcome._tag === "kept" ? [`${key} stays: ${outcome.reason}`] : []))
      .map((sentence) => sentence.replace(/\.?$/, "."))
      .join(" "),
    hints: entries.flatMap(({ outcome }) => (outcome._tag === "kept" ? outcome.fixes : [])),
    details: { staying: entries.map(({ key }) => key) }
  })

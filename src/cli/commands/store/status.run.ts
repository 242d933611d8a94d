import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import {
  abandonedIn,
  type EngineReport,
  entriesAre,
  notSealedByFirst,
  sealsOf
} from "../../../domain/storage/EngineReport.ts"
import { command } from "../../../domain/hints/Command.ts"
import * as DiskStorage from "../../../services/storage/DiskStorage.ts"
import { parseKeys } from "../../../services/storage/sealingKeys.ts"
import type { Fields } from "../../app/Json.ts"
import { notice, record } from "../../app/output.ts"
import { withSignOfLife } from "../../app/signOfLife.ts"
import { theStore } from "./theStore.ts"

export const run = () =>
  Effect.gen(function* () {
    const { opened, report, settings, shown } = yield* theStore
    const { keys, namespace } = yield* settings
    const ids = (yield* parseKeys(shown, keys)).map(({ id }) => id)
    const about = { store: shown, namespace, keys: ids }
    const found = yield* withSignOfLife(
      Effect.either(Effect.zipRight(opened, Effect.all([report, Effect.flatMap(opened, ({ now }) => now)])))
    )
    if (Either.isLeft(found)) {
      yield* record({ ...about, reachable: !found.left.temporary })
      return yield* found.left
    }
    const [engine, now] = found.right
    const disk = yield* DiskStorage.make
    // The store is as it is, whatever this machine's disk says.
    const here = yield* Effect.catchAll(Stream.runCollect(disk.list("accounts/")), ({ message }) =>
      Effect.as(Effect.logDebug(message), [])
    )
    const onTheirWay = { in: namesOf(here, "moving"), out: namesOf(keysOf(engine), "moving") }
    const offset = now - (yield* Clock.currentTimeMillis)
    yield* record({
      ...about,
      reachable: true,
      ...fieldsOf(engine),
      on_their_way: onTheirWay,
      clock_offset_millis: offset
    })
    for (const sentence of remarks(engine, ids)) yield* notice(sentence)
    for (const name of onTheirWay.in) {
      yield* notice(`The login of '${name}' is on its way into the store: ${command`mp store import`}`)
    }
    for (const name of onTheirWay.out) {
      yield* notice(`The login of '${name}' is on its way out of the store: ${command`mp store export`}`)
    }
  })

const fieldsOf = (report: EngineReport): Fields => ({
  engine: report.engine,
  persistence: report.persistence,
  eviction: report.eviction,
  replicas: report.replicas,
  entries: report.entries.length,
  accounts: namesOf(keysOf(report), "tokens").length,
  sealed_by: Object.fromEntries(counted(report.entries.map(({ sealedBy }) => sealedBy ?? "none"))),
  abandoned_claims: abandonedIn(report.entries).map(({ by, key }) => ({ entry: key, by }))
})

const keysOf = ({ entries }: EngineReport): ReadonlyArray<string> => entries.map(({ key }) => key)

/** The accounts that have an entry of that kind. */
const namesOf = (keys: Iterable<string>, entry: string): ReadonlyArray<string> =>
  [...keys].flatMap((key) => {
    const [, name, last] = key.split("/")
    return name !== undefined && last === entry ? [name] : []
  })

const counted = (words: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

const remarks = ({ entries }: EngineReport, keys: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { foreign, former } = notSealedByFirst(entries, keys)
  return [
    ...(foreign.length === 0
      ? []
      : [
          `${entriesAre(foreign)} sealed with ${sealsOf(foreign)}, and MP_STORE_KEY holds ${keys.join(", ")}: what does not open is not used.`
        ]),
    ...(former.length === 0
      ? []
      : [`${entriesAre(former)} sealed with the older ${sealsOf(former)}: ${command`mp store reseal`}`]),
    ...abandonedIn(entries).map(({ by, key }) => `The renewal of ${key} by ${by} was interrupted.`)
  ]
}

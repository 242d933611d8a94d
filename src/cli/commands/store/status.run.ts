/** What `mp store status` does. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { EngineReport } from "../../../domain/storage/EngineReport.ts"
import { command } from "../../../domain/hints/Command.ts"
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
    const offset = now - (yield* Clock.currentTimeMillis)
    yield* record({ ...about, reachable: true, ...fieldsOf(engine), clock_offset_millis: offset })
    for (const sentence of remarks(engine, ids)) yield* notice(sentence)
  })

const fieldsOf = ({ engine, entries, eviction, persistence, replicas }: EngineReport): Fields => ({
  engine,
  persistence,
  eviction,
  replicas,
  entries: entries.length,
  accounts: namesOf(entries, "tokens").length,
  sealed_by: Object.fromEntries(counted(entries.map(({ sealedBy }) => sealedBy ?? "none"))),
  abandoned_claims: abandoned(entries).map(({ claim, key }) => ({ entry: key, by: claim?.by ?? null })),
  on_their_way: namesOf(entries, "moving")
})

type Entries = EngineReport["entries"]

const namesOf = (entries: Entries, entry: string): ReadonlyArray<string> =>
  entries.flatMap(({ key }) => {
    const [, name, last] = key.split("/")
    return name !== undefined && last === entry ? [name] : []
  })

const abandoned = (entries: Entries): Entries => entries.filter(({ claim }) => claim?.millisLeft === 0)

const counted = (words: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

const remarks = ({ entries }: EngineReport, [first, ...older]: ReadonlyArray<string>): ReadonlyArray<string> => {
  const counts = counted(entries.map(({ sealedBy }) => sealedBy ?? "none"))
  const isKnown = (id: string) => id === first || older.includes(id)
  const foreign = [...counts.keys()].filter((id) => !isKnown(id))
  const old = [...counts.keys()].filter((id) => older.includes(id))
  const moving = namesOf(entries, "moving")
  return [
    ...foreign.map((id) =>
      id === "none"
        ? `${counts.get(id)} entries are not sealed, and are not used.`
        : `${counts.get(id)} entries are sealed with key ${id}, which MP_STORE_KEY does not hold.`
    ),
    ...old.map((id) => `${counts.get(id)} entries are sealed with the older key ${id}: ${command`mp store reseal`}`),
    ...abandoned(entries).map(({ claim, key }) => `The renewal of ${key} by ${claim?.by} was interrupted.`),
    ...moving.map((name) => `The login of '${name}' is on its way out of the store: ${command`mp store export`}`)
  ]
}

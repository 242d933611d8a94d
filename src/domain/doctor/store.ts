/** What an engine says of itself, and what lies in it, of a store that machines share. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { fixOf } from "../errors.ts"
import { argument, type Command, command } from "../hints/Command.ts"
import {
  abandonedIn,
  type EngineReport,
  entriesAre,
  type EntryReport,
  notSealedByFirst,
  sealsOf
} from "../storage/EngineReport.ts"
import type { Facts, StoreFacts } from "./Facts.ts"
import { type Finding, finding, variable } from "./Finding.ts"
import { isNoticeable, setClock } from "./network.ts"

export const storeFindings = ({ platform, store }: Facts): ReadonlyArray<Finding> =>
  Option.toArray(store).flatMap((facts) =>
    Either.match(facts.outcome, {
      onLeft: (error) => [
        finding(
          error.temporary ? "store-unreachable" : "store-refused",
          variable("MP_STORE"),
          error.message,
          fixOf(error.hints)
        )
      ],
      onRight: ({ ahead, report }) => [
        ...engineFindings(facts, report),
        ...keyFindings(facts, report.entries),
        ...claimFindings(report.entries),
        ...(isNoticeable(ahead) ? [clockFinding(facts, ahead, platform)] : [])
      ]
    })
  )

/** Whether nothing could be read of it. */
export const isClosed = ({ store }: Pick<Facts, "store">): boolean =>
  Option.exists(store, ({ outcome }) => Either.isLeft(outcome))

const keeps: Readonly<Record<string, Command>> = {
  "appendonly no": command`redis-cli -u "$MP_STORE" CONFIG SET appendonly yes`,
  unlogged: command`psql "$MP_STORE" -c ${"ALTER TABLE mixpanel_credentials SET LOGGED"}`,
  "fsync off": command`psql "$MP_STORE" -c ${"ALTER SYSTEM RESET fsync"} -c ${"SELECT pg_reload_conf()"}`,
  "synchronous_commit off": command`psql "$MP_STORE" -c ${"ALTER SYSTEM RESET synchronous_commit"} -c ${"SELECT pg_reload_conf()"}`
}

const engineFindings = (
  { replicas: wanted, shown }: StoreFacts,
  { eviction, persistence, replicas }: EngineReport
): ReadonlyArray<Finding> => [
  ...persistence.split(", ").flatMap((word) => {
    const fix = keeps[word]
    return fix === undefined
      ? []
      : [finding("store-forgets", variable("MP_STORE"), `${shown} loses logins when it crashes: ${word}.`, fix)]
  }),
  ...(eviction === null || eviction === "noeviction"
    ? []
    : [
        finding(
          "store-evicts",
          variable("MP_STORE"),
          `${shown} throws away what is to end by itself when its memory is full (maxmemory-policy ${eviction}).`,
          command`redis-cli -u "$MP_STORE" CONFIG SET maxmemory-policy noeviction`
        )
      ]),
  ...(replicas === null || replicas >= wanted
    ? []
    : [
        finding(
          "store-replicas-missing",
          variable("MP_STORE_REPLICAS"),
          `${replicas} of the ${wanted} replicas of MP_STORE_REPLICAS are connected to ${shown}.`,
          command`export MP_STORE_REPLICAS=${replicas}`
        )
      ])
]

const keyFindings = ({ keys, shown }: StoreFacts, entries: ReadonlyArray<EntryReport>): ReadonlyArray<Finding> => {
  const { foreign, former } = notSealedByFirst(entries, keys)
  return [
    ...(foreign.length === 0
      ? []
      : [
          finding(
            "store-entries-foreign",
            variable("MP_STORE_KEY"),
            `${entriesAre(foreign)} sealed with ${sealsOf(foreign)} in ${shown}, and MP_STORE_KEY holds ${keys.join(", ")}.`,
            command`export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS`
          )
        ]),
    ...(former.length === 0
      ? []
      : [
          finding(
            "store-key-former",
            variable("MP_STORE_KEY"),
            `${entriesAre(former)} sealed with an older key than ${keys[0]} in ${shown}.`,
            command`mp store reseal`
          )
        ])
  ]
}

const claimFindings = (entries: ReadonlyArray<EntryReport>): ReadonlyArray<Finding> =>
  abandonedIn(entries).flatMap(({ by, key }) => {
    const [, name] = /^accounts\/(.+)\/tokens$/.exec(key) ?? []
    return name === undefined
      ? []
      : [
          finding(
            "store-claim-abandoned",
            { kind: "account", name },
            `The renewal of the login of '${name}' by ${by} was interrupted.`,
            command`mp account test ${argument(name)}`
          )
        ]
  })

const clockFinding = ({ shown }: StoreFacts, ahead: number, platform: string): Finding =>
  finding(
    "store-clock-differs",
    variable("MP_STORE"),
    `This machine's clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? "ahead of" : "behind"} that of ${shown}.`,
    setClock(platform)
  )

/** What is right about it, in a line. */
export const storeSoundness = ({ store }: Pick<Facts, "store">): string => {
  const facts = Option.getOrNull(
    Option.flatMap(store, (found) => Option.map(Either.getRight(found.outcome), ({ report }) => ({ ...found, report })))
  )
  if (facts === null) return "store: the disk of this machine"
  const { keys, report, shown } = facts
  const { engine, entries, eviction, persistence, replicas } = report
  const words = [
    persistence,
    ...(eviction === null ? [] : [eviction]),
    ...(replicas === null ? [] : [`${replicas} replicas`])
  ]
  return `store: ${engine} at ${shown}: ${words.join(", ")}, ${entries.length} ${entries.length === 1 ? "entry" : "entries"}, sealed with ${keys[0]}, clock right`
}

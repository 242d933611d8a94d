import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { type AuditEvent, auditLine, type AuditRecord, readAuditLine } from "../../domain/audit/AuditRecord.ts"
import { auditSetting } from "../../domain/config/auditSetting.ts"
import type { FileError } from "../../domain/errors.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { CredentialFiles, maxFileBytes } from "../platform/CredentialFiles.ts"
import { Crypto } from "../platform/Crypto.ts"
import { Locations } from "../platform/Locations.ts"
import { OwnProgram, type Program } from "../platform/OwnProgram.ts"
import { tokenFingerprint } from "../tokens/tokenFamily.ts"

/**
 * Something that was done with a login.
 * @since 0.1.0
 * @category models
 */
export interface AuditEntry {
  readonly event: AuditEvent
  readonly account: string
  /** The token it is about, of which nothing but the fingerprint is kept. */
  readonly token: Option.Option<Redacted.Redacted>
  /** Who did it, or got the bearer; the program that this runs in unless given. */
  readonly program?: Program | undefined
  /** The rule of the broker that let it pass. */
  readonly rule?: string | undefined
}

/**
 * What the audit file holds.
 * @since 0.1.0
 * @category models
 */
export interface AuditTrail {
  readonly path: string
  /** The oldest first. */
  readonly records: ReadonlyArray<AuditRecord>
  /** How many lines cannot be read. */
  readonly unreadable: number
}

/**
 * What `Audit` offers.
 * @since 0.1.0
 * @category services
 */
export interface AuditShape {
  /**
   * Adds a line, unless `[settings] audit` says otherwise: `false` for none, `"all"` for those of `token` too. A line
   * that cannot be written fails nobody.
   */
  readonly record: (entry: AuditEntry) => Effect.Effect<void>
  /** What was recorded, from a time on (epoch milliseconds) where one is given. */
  readonly read: (since?: number) => Effect.Effect<AuditTrail, FileError>
}

/**
 * What was done with logins on this machine: recorded and read.
 *
 * @example
 * ```ts
 * const trail = Effect.flatMap(Audit, (audit) => audit.read(Date.parse("2026-01-01")))
 * ```
 * @since 0.1.0
 * @category services
 */
export class Audit extends Context.Tag("effect-mixpanel/Audit")<Audit, AuditShape>() {}

const maxNameLength = 120

export const make = Effect.gen(function* () {
  const config = yield* ConfigStore
  const files = yield* CredentialFiles
  const crypto = yield* Crypto
  const locations = yield* Locations

  /** A configuration that cannot be read, or a setting that is none, switches nothing off. */
  const setting = Effect.match(config.known, {
    onFailure: () => "on" as const,
    onSuccess: ({ document }) => Either.getOrElse(auditSetting(document), () => "on" as const)
  })

  const isWanted = (event: AuditEvent): Effect.Effect<boolean> =>
    Effect.map(setting, (set) => set === "all" || (set === "on" && event !== "token"))

  const add = ({ account, event, program: given, rule, token }: AuditEntry) =>
    Effect.gen(function* () {
      const program = given ?? (yield* OwnProgram)
      const fingerprint = Option.map(token, (value) => tokenFingerprint(crypto, value))
      const line = auditLine({
        at: new Date(yield* Clock.currentTimeMillis).toISOString(),
        event,
        account,
        program: program.name?.slice(0, maxNameLength) ?? null,
        pid: program.pid,
        fingerprint: Option.getOrNull(yield* Effect.transposeOption(fingerprint)),
        rule: rule?.slice(0, maxNameLength) ?? null
      })
      yield* Effect.flatMap(locations.audit, (path) => files.append(path, line))
    })

  /** A file may hold twice as much as it should where it could not be put aside. */
  const textOf = (path: string) =>
    Effect.map(files.read(path, { maxBytes: 2 * maxFileBytes }), (text) => Option.getOrElse(text, () => ""))

  return Audit.of({
    record: (entry) =>
      Effect.flatMap(isWanted(entry.event), (wanted) => (wanted ? add(entry) : Effect.void)).pipe(
        Effect.catchAllCause((cause) => Effect.logDebug("No line was written to the audit file", cause))
      ),
    read: Effect.fnUntraced(function* (since = Number.NEGATIVE_INFINITY) {
      const path = yield* locations.audit
      const current = yield* textOf(path)
      const former = yield* textOf(`${path}.1`)
      // Put aside between the two: it is read once.
      const wasMoved = current !== "" && former.startsWith(current)
      const lines = `${former}${wasMoved ? yield* textOf(path) : current}`.split("\n").filter((line) => line !== "")
      const records = lines.flatMap((line) => Option.toArray(readAuditLine(line)))
      return {
        path,
        records: records.filter(({ at }) => Date.parse(at) >= since),
        unreadable: lines.length - records.length
      }
    })
  })
})

/**
 * `Audit` over a file.
 *
 * @example
 * ```ts
 * const audit = Layers.audit.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Audit, never, ConfigStore | CredentialFiles | Crypto | Locations> = Layer.effect(
  Audit,
  make
)

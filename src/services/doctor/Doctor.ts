/** What is wrong with the configuration, the stored files, the variables and the network, and its repair. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { examine, passedChecks } from "../../domain/doctor/examine.ts"
import type { Reached } from "../../domain/doctor/Facts.ts"
import { type Finding, subjectText } from "../../domain/doctor/Finding.ts"
import { report } from "../../domain/doctor/report.ts"
import { version } from "../../domain/internal/version.ts"
import type { Bridge } from "../bridge/Bridge.ts"
import type { CheckHistory } from "../login/CheckHistory.ts"
import type { Audit } from "../audit/Audit.ts"
import type { ClientStore } from "../oauth/ClientStore.ts"
import type { ConfigStore } from "../config/ConfigStore.ts"
import type { CredentialFiles } from "../platform/CredentialFiles.ts"
import type { Crypto } from "../platform/Crypto.ts"
import { gather } from "./gather.ts"
import { fix } from "./fix.ts"
import { reach } from "./reach.ts"
import type { FileError } from "../../domain/errors.ts"
import type { ExternalSecrets } from "../platform/ExternalSecrets.ts"
import { FileInspector } from "../platform/FileInspector.ts"
import { Locations } from "../platform/Locations.ts"
import type { MeCache } from "../api/MeCache.ts"
import type { TokenStore } from "../tokens/TokenStore.ts"

/**
 * The outcome of an examination.
 * @since 0.1.0
 * @category models
 */
export interface Report {
  readonly findings: ReadonlyArray<Finding>
  /** One line for each area in which all is well. */
  readonly healthy: ReadonlyArray<string>
}

/**
 * What was repaired, and why the rest was not.
 * @since 0.1.0
 * @category models
 */
export interface FixResult {
  readonly fixed: ReadonlyArray<Finding>
  readonly failures: ReadonlyArray<string>
}

/**
 * Finds what is wrong with files, accounts and network, and mends what can be mended safely.
 * @since 0.1.0
 * @category services
 */
export class Doctor extends Context.Tag("effect-mixpanel/Doctor")<
  Doctor,
  {
    /**
     * Examines everything on this machine, and what the hosts answered, if they were asked.
     *
     * @example
     * ```ts
     * const { findings } = yield* doctor.examine(yield* doctor.reach)
     * ```
     */
    readonly examine: (network: ReadonlyArray<Reached>) => Effect.Effect<Report, FileError>
    /** One request to the host of each region in use; no credential is sent. */
    readonly reach: Effect.Effect<ReadonlyArray<Reached>, FileError, HttpClient.HttpClient>
    /** Makes the repairs that are safe, until there are none left; a finding counts as fixed once it is gone. */
    readonly fix: Effect.Effect<FixResult, FileError>
    /** The findings in words that name nothing of the user's. */
    readonly report: (findings: ReadonlyArray<Finding>) => string
  }
>() {}

type Requirements =
  | Audit
  | Bridge
  | CheckHistory
  | ClientStore
  | ConfigStore
  | CredentialFiles
  | Crypto
  | ExternalSecrets
  | FileInspector
  | Locations
  | MeCache
  | Path.Path
  | TokenStore

/** A repair can bring to light what could not be seen before, such as the content of a file. */
const mostRounds = 5

const keyOf = ({ id, subject }: Finding): string => `${id} ${subjectText(subject)}`

const fixAll: Effect.Effect<FixResult, FileError, Requirements> = Effect.gen(function* () {
  const fixed: Array<Finding> = []
  const failures = new Set<string>()
  let left = examine(yield* gather([]))
  for (let round = 0; round < mostRounds; round++) {
    const before = left.filter(({ repair }) => Option.isSome(repair))
    if (before.length === 0) break
    const tries = yield* Effect.forEach(before, attempt)
    left = examine(yield* gather([]))
    const remaining = new Set(left.map(keyOf))
    const gone = before.filter((found) => !remaining.has(keyOf(found)))
    fixed.push(...gone)
    if (gone.length === 0) {
      for (const failure of tries.flat()) failures.add(failure)
      break
    }
  }
  return { fixed, failures: [...failures] }
})

/** Why a repair could not be made, if it could not. */
const attempt = ({ repair }: Finding) =>
  Effect.map(
    Effect.either(Effect.forEach(Option.toArray(repair), fix)),
    Either.match({ onLeft: ({ message }) => [message], onRight: () => [] })
  )

export const make = Effect.gen(function* () {
  const context = yield* Effect.context<Requirements>()
  const { system } = yield* FileInspector
  const home = yield* Effect.orElseSucceed((yield* Locations).resolve("~"), () => "~")
  return Doctor.of({
    examine: (network) =>
      Effect.map(gather(network), (facts) => {
        const findings = examine(facts)
        return { findings, healthy: passedChecks(facts, findings) }
      }).pipe(Effect.provide(context)),
    reach: Effect.flatMap(Effect.provide(gather([]), context), reach),
    fix: Effect.provide(fixAll, context),
    report: (findings) => report(findings, { version, ...system, home })
  })
})

/**
 * `Doctor` over everything that it looks at.
 *
 * @example
 * ```ts
 * const doctor = Layers.doctor.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Doctor, never, Requirements> = Layer.effect(Doctor, make)

import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isHealthy } from "../../../domain/doctor/examine.ts"
import { type Finding, isFixable, needsAttention, subjectText } from "../../../domain/doctor/Finding.ts"
import { onOneLine } from "../../../domain/internal/unseen.ts"
import { nodeCrypto } from "../../../layers/node/crypto.ts"
import { nodePath } from "../../../layers/node/path.ts"
import * as Doctor from "../../../services/doctor/Doctor.ts"
import { Crypto } from "../../../services/platform/Crypto.ts"
import { Globals } from "../../app/Globals.ts"
import { list, notices, record } from "../../app/output.ts"
import { look } from "../../app/look.ts"
import type { Look } from "../../app/table.ts"
import { wrapped } from "../../app/wrapped.ts"
import type { Fields } from "../../app/Json.ts"
import { SilentError } from "../../app/CommandContext.ts"
import { withSignOfLife } from "../../app/signOfLife.ts"
import { styled } from "../../app/styled.ts"
import { Terminal } from "../../app/Terminal.ts"
import { lines, TerminalText, text } from "../../app/TerminalText.ts"

const fieldsOf = (found: Finding, fixed: boolean): Fields => ({
  id: found.id,
  severity: found.severity,
  subject: subjectText(found.subject),
  problem: found.problem,
  cause: found.cause,
  fix: found.fix,
  fixable: isFixable(found),
  fixed
})

/** What stands under the name of a finding, in lines that fit; a command is never broken. */
const under = (sentence: string, { columns }: Look) =>
  wrapped(onOneLine(sentence), Math.max(24, columns - 9)).map((part) => text`         ${part}`)

const colours = { error: "red", warning: "yellow", info: "bold" } as const

const block = (found: Finding, look: Look): TerminalText =>
  lines([
    text`${styled(colours[found.severity], found.severity.padEnd(7), look.isStyled)}  ${found.id}  ${subjectText(found.subject)}`,
    ...under(found.problem, look),
    ...under(`why: ${found.cause}`, look),
    ...(found.fix === null ? [] : [text`         fix: ${found.fix}${alternative(found.fix, found)}`])
  ])

const alternative = (fix: string, found: Finding): string =>
  isFixable(found) && !fix.endsWith("--fix") ? "  (or mp doctor --fix)" : ""

const countOf = (number: number): string => `${number} ${number === 1 ? "finding needs" : "findings need"} attention.`

const summary = (findings: ReadonlyArray<Finding>): string =>
  isHealthy(findings) ? "All is well." : countOf(findings.filter(needsAttention).length)

const report = ({ findings, healthy: sound }: Doctor.Report, { fixed }: Doctor.FixResult, shown: Look): TerminalText =>
  TerminalText.join([
    ...fixed.map(
      (found) => text`${styled("green", "fixed", shown.isStyled)}    ${found.id}  ${subjectText(found.subject)}\n`
    ),
    ...findings.map((found) => block(found, shown)),
    ...sound.map((sentence) => text`${styled("green", "ok", shown.isStyled)}       ${sentence}\n`),
    text`${summary(findings)}\n`
  ])

const show = (examined: Doctor.Report, fixes: Doctor.FixResult) =>
  Effect.gen(function* () {
    const { format } = yield* Globals
    const { out } = yield* Terminal
    if (Option.getOrElse(format, () => "table") === "table") return yield* out(report(examined, fixes, yield* look))
    const records = [
      ...fixes.fixed.map((found) => fieldsOf(found, true)),
      ...examined.findings.map((found) => fieldsOf(found, false))
    ]
    return yield* list(records, {
      columns: ["severity", "id", "subject", "problem", "fix", "fixable", "fixed"],
      empty: "",
      json: { healthy: isHealthy(examined.findings), findings: records, sound: examined.healthy }
    })
  })

/** For programs, the text is one field. */
const publish = (published: string) => record({ report: published }, { bare: TerminalText.lines(published.trimEnd()) })

const nothingFixed: Doctor.FixResult = { fixed: [], failures: [] }

const unhealthy = (findings: ReadonlyArray<Finding>) =>
  new SilentError({ error: { code: "CONFIG_ERROR", message: summary(findings), hints: [], details: { fix: null } } })

const reached = ({ reach }: typeof Doctor.Doctor.Service) =>
  Effect.flatMap(
    Effect.promise(() => import("../../app/network.ts")),
    ({ transport }) => Effect.provide(reach, transport)
  )

export const run = (flags: { readonly fix: boolean; readonly report: boolean; readonly offline: boolean }) =>
  Effect.gen(function* () {
    const doctor = yield* Doctor.Doctor
    const fixed = flags.fix ? yield* doctor.fix : nothingFixed
    const network = flags.offline ? [] : yield* withSignOfLife(reached(doctor))
    const examined = yield* doctor.examine(network)
    yield* notices(fixed.failures)
    if (flags.report) yield* publish(doctor.report(examined.findings))
    else yield* show(examined, fixed)
    if (!isHealthy(examined.findings)) return yield* unhealthy(examined.findings)
  }).pipe(
    Effect.provideServiceEffect(Doctor.Doctor, Doctor.make),
    Effect.provideService(Crypto, nodeCrypto),
    Effect.provideService(Path.Path, nodePath)
  )

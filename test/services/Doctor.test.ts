/** The doctor over memory: what it asks the network, and what it says of a repair that fails. */
import { command } from "#src/domain/hints/Command.ts"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import { FileError } from "#src/domain/errors.ts"
import { configPath, layer, type MemoryWorld } from "#src/layers/memory/layer.ts"
import * as Doctor from "#src/services/doctor/Doctor.ts"
import { FileInspector } from "#src/services/platform/FileInspector.ts"

const config = `[accounts.a]
type = "oauth_browser"
region = "eu"

[accounts.b]
type = "service_account"
region = "in"
default_project = "1"
username = "u"
secret = "s"

[accounts.c]
type = "oauth_browser"
region = "eu"
`

const world = (more: MemoryWorld = {}) => layer({ files: { "~/.mp/config.toml": config }, ...more })

it.effect("each region in use is asked once, and the clock compared", () => {
  const asked: Array<string> = []
  return Effect.gen(function* () {
    yield* TestClock.setTime(Date.parse("2026-04-22T12:01:00Z"))
    const doctor = yield* Doctor.Doctor
    const network = yield* doctor.reach
    const { findings } = yield* doctor.examine(network)
    expect(asked.sort()).toEqual(["https://eu.mixpanel.com/api/app", "https://in.mixpanel.com/api/app"])
    expect(findings.map(({ id }) => id)).toEqual(["not-logged-in", "not-logged-in", "clock-skewed"])
    expect(findings.at(-1)?.problem).toMatch(/^This machine's clock is (59|60) s ahead of that of /)
  }).pipe(
    Effect.provide(
      world({
        http: (request) => {
          asked.push(request.url)
          return { status: 404, headers: { date: "Wed, 22 Apr 2026 12:00:00 GMT" } }
        }
      })
    )
  )
})

it.effect("a repair that cannot be made is told, and the finding stays", () => {
  const stubborn = Layer.effect(
    FileInspector,
    Effect.map(FileInspector, (inspector) =>
      FileInspector.of({
        ...inspector,
        stat: (path) =>
          Effect.map(
            inspector.stat(path),
            Option.map((facts) => (facts.kind === "directory" ? { ...facts, mode: 0o755 } : facts))
          ),
        chmod: (path) =>
          new FileError({ path, problem: "read_only", reason: "is on a read-only disk", fix: command`mount` })
      })
    )
  )
  return Effect.gen(function* () {
    const doctor = yield* Doctor.Doctor
    const { failures, fixed } = yield* doctor.fix
    expect(fixed).toEqual([])
    expect(failures).toEqual([`${configPath.replace("/config.toml", "")} is on a read-only disk`])
    const { findings } = yield* doctor.examine([])
    expect(findings.map(({ id }) => id)).toContain("directory-not-private")
  }).pipe(Effect.provide(Layer.fresh(Doctor.layer).pipe(Layer.provide(stubborn), Layer.provide(world()))))
})

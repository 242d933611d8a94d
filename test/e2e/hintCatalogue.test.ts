/** Every hint, pasted into `sh` against the fault that it stands for: the fault is gone. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll, describe } from "vitest"
import { catalogue } from "#src/domain/doctor/catalogue.ts"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { around } from "./doctor/around.ts"
import { config, type Fault, tokens } from "./doctor/seeds.ts"
import { stored } from "./doctor/stored.ts"
import { codeOf, errorClasses } from "./hints/errorClasses.ts"
import { needs } from "../support/needs.ts"
import { aroundLogins, endHolders, rootsOwn } from "./hints/around.ts"
import { notMended, recipes as others, type Recipe } from "./hints/errors.ts"
import { notPasted } from "./hints/findings.ts"
import { hintsOf, pasted, scratch } from "./hints/scratch.ts"

const [robot] = Sandbox.defaultData.serviceAccounts
const [bearer] = Sandbox.defaultData.bearers

/** What whoever pastes has at hand. */
const atHand = { SECRET: robot.secret, TOKEN: bearer.token, EDITOR: "mend-config" }

const faults: ReadonlyArray<Fault> = [...stored, ...around]

/** An editor that somebody has opened and in which the file is put right. */
const editor = (home: string, text: string) => {
  writeFileSync(join(home, "sound.toml"), text)
  writeFileSync(join(home, "bin/mend-config"), `#!/bin/sh\ncp '${join(home, "sound.toml")}' "$2"\n`, { mode: 0o755 })
}

const findingsIn = (stdout: string): ReadonlyArray<{ readonly id: string; readonly fix: string | null }> => {
  const answer: unknown = JSON.parse(stdout.slice(stdout.indexOf("{")))
  const found: unknown = Reflect.get(Object(answer), "findings")
  return Array.isArray(found) ? found : []
}

const examined = (url: string, fault: Fault) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { config: edit, env = {}, finds, says } = fault
      const home = yield* scratch
      writeFileSync(join(home, ".mp/config.toml"), edit === undefined ? config : edit(config), { mode: 0o600 })
      mkdirSync(join(home, ".mp/accounts/meacct"), { recursive: true, mode: 0o700 })
      execFileSync("chmod", ["700", join(home, ".mp/accounts")])
      writeFileSync(join(home, ".mp/accounts/meacct/tokens.json"), tokens(), { mode: 0o600 })
      yield* Effect.promise(async () => fault.prepare?.(home))
      editor(home, config)
      const cwd = join(home, "work")
      mkdirSync(cwd)
      if (finds.some((id) => id.startsWith("bridge-here"))) {
        renameSync(join(home, "mixpanel_auth.json"), join(cwd, "mixpanel_auth.json"))
      }
      // The address of the sandbox is itself a moved base.
      const address = finds.includes("address-moved") ? {} : { MP_API_BASE_URL: url }
      const variables = { ...address, ...atHand, ...env }
      const look = "mp doctor --offline --format json"
      const before = findingsIn((yield* pasted(look, home, variables, cwd)).stdout)
      const [id = ""] = finds
      const fix = before.find((one) => one.id === id)?.fix ?? null
      expect({ says, found: before.map((one) => one.id), fix }).toMatchObject({
        says,
        found: expect.arrayContaining([id]),
        fix: expect.any(String)
      })
      const line = answered(fix ?? "")
      const after = yield* pasted(`${line}\nprintf "\\n=====\\n"\n${look}`, home, variables, cwd)
      const left = findingsIn(after.stdout.split("\n=====\n").at(-1) ?? "").filter((one) => one.id === id)
      expect({ says, line, left, stderr: left.length === 0 ? "" : after.stderr }).toEqual({
        says,
        line,
        left: [],
        stderr: ""
      })
    })
  )

/** A terminal for the one command that wants one, and the choice of a project that is asked there. */
const answered = (fix: string): string =>
  fix === "mp login" ? "script -qec 'mp login --project 3018488' /dev/null >/dev/null" : fix

const recipes = [...others, ...aroundLogins]

const soundConfig = readFileSync(new URL("./hints/sound.toml", import.meta.url), "utf8")

const cooked = (recipe: Recipe) =>
  Effect.gen(function* () {
    const first = yield* once(recipe, null)
    expect({
      says: recipe.says,
      hints: first.hints.length > 0,
      told: first.told,
      code: first.before.code !== 0,
      stderr: first.before.stderr
    }).toMatchObject({
      hints: true,
      told: recipe.code ?? codeOf(recipe.of),
      code: true
    })
    for (const [index, hint] of first.hints.entries()) {
      if (recipe.leaves?.some((pattern) => pattern.test(hint)) === true) continue
      const { after, line } = yield* once(recipe, index)
      expect({ says: recipe.says, line, code: after.code, stderr: after.code === 0 ? "" : after.stderr }).toEqual({
        says: recipe.says,
        line,
        code: 0,
        stderr: ""
      })
    }
  })

/** One fault; where a hint is chosen, what follows it. */
const once = (recipe: Recipe, index: number | null) =>
  Effect.scoped(
    Effect.gen(function* () {
      const home = yield* scratch
      const { environment, script } = yield* Sandbox.start({ oauth: recipe.oauth === true })
      writeFileSync(join(home, ".mp/config.toml"), recipe.config ?? soundConfig, { mode: 0o600 })
      editor(home, soundConfig)
      yield* script(...(recipe.faults ?? []))
      yield* Effect.promise(async () => recipe.plant?.(home))
      const env = { ...environment, ...atHand, ...recipe.env }
      const inside = recipe.inside ?? ((line: string) => line)
      const before = yield* pasted(inside(`${recipe.shows} --format json`), home, env)
      const { code: told, hints } = hintsOf(before.stderr)
      const hint = index === null ? undefined : hints[index]
      if (hint === undefined) return { before, hints, told, after: before, line: "" }
      const said = (recipe.answers ?? []).reduce((text, [from, to]) => text.replace(from, to), hint)
      const isAgain = said.includes(recipe.shows.split(" -")[0] ?? recipe.shows)
      const line = isAgain ? said : `${said}\n${recipe.works ?? recipe.shows}`
      return { before, hints, told, after: yield* pasted(inside(line), home, env), line }
    })
  )

afterAll(endHolders)

describe.concurrent("the doctor's commands, pasted", () => {
  it("every finding has a fault that shows it, or a reason why its command is not run", () => {
    const seeded = new Set([...faults.flatMap(({ finds }) => finds.slice(0, 1)), ...Object.keys(notPasted)])
    expect(Object.keys(catalogue).filter((id) => !seeded.has(id))).toEqual([])
  })

  it.scopedLive.each(faults)(
    "$says",
    (fault) => Effect.flatMap(Sandbox.start({ oauth: true }), ({ url }) => examined(url, fault)),
    90_000
  )
})

describe.concurrent("the hints of errors, pasted", () => {
  it("every class of error has a recipe, or a reason why no hint of it is run", () => {
    const known = new Set([...recipes.map(({ of }) => of), ...Object.keys(notMended)])
    expect(errorClasses().filter((name) => !known.has(name))).toEqual([])
    expect([...known].filter((name) => !errorClasses().includes(name))).toEqual([])
  })

  it.live.each(recipes)("$of: $says, each in a fresh copy of the fault", cooked, 240_000)

  for (const { need, recipe } of rootsOwn) {
    const user = needs(need)
    it.live.skipIf(user.areUnmet)(user.title(`${recipe.of}: ${recipe.says}`), () => cooked(recipe), 90_000)
  }
})

/**
 * Promise 19: processes of this machine, of other pid namespaces and of other machines share one lock, while holders are
 * killed, stopped and frozen. `MP_TEST_STORM_LOCK=12x200` runs the whole of it.
 */
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import type { ChildProcess } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { needs } from "../../../support/needs.ts"
import { buildWorkers, ended, killed, type Place, type Workers } from "./processes/run.ts"

const [processes = 12, rounds = 12] = (process.env["MP_TEST_STORM_LOCK"] ?? "12x12").split("x").map(Number)

const unshare = ["unshare", "-p", "-f", "--mount-proc", "--kill-child"]
const hasNamespaces = !needs("namespaces").areUnmet

type Where = "here" | "elsewhere" | "contained"

/** A lease that a test can wait for; who is slower than that on a loaded machine finds out, as it should. */
const lease = 1_000

let workers: Workers
beforeAll(async () => {
  workers = await buildWorkers()
})
afterAll(() => workers.dispose())

interface Runner {
  readonly id: string
  readonly where: Where
  readonly child: ChildProcess
}

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

/** One counter, its log, and those who count. */
class Storm {
  readonly #directory = mkdtempSync(join(tmpdir(), "mp-storm-"))
  readonly path = join(this.#directory, "counter")
  readonly killed = new Set<string>()
  #ids = 0

  start(where: Where, count: number, host: string, hold = 0): Runner {
    this.#ids += 1
    const id = `p${this.#ids}`
    const variables = { MP_TEST_LEASE: String(lease), MP_TEST_ID: id, MP_TEST_HOLD: String(hold) }
    const away: Place = { variables: { ...variables, MP_TEST_HOST: host } }
    const place: Place =
      where === "elsewhere"
        ? away
        : where === "here"
          ? { variables }
          : hasNamespaces
            ? { variables, through: unshare }
            : away
    return { id, where, child: workers.start("storm", "token", this.path, count, place) }
  }

  log(): ReadonlyArray<string> {
    return existsSync(`${this.path}.log`) ? readFileSync(`${this.path}.log`, "utf8").trim().split("\n") : []
  }

  written(id?: string): number {
    return this.log().filter((line) => (id === undefined ? line.startsWith("-") : line === `-${id}`)).length
  }

  lost(): number {
    return this.log().filter((line) => line.startsWith("!")).length
  }

  count(): number {
    return Number(readFileSync(this.path, "utf8"))
  }

  /**
   * Who began while another one was between its beginning and its writing, and that one wrote all the same. Who is stopped
   * after it wrote and before it noted so overlaps with nobody; a write that comes too late is missing in the count.
   */
  overlaps(): ReadonlyArray<string> {
    const inside = new Map<string, Array<string>>()
    const writing = new Map<string, Array<string>>()
    const found: Array<string> = []
    for (const line of this.log()) {
      const id = line.slice(1)
      if (line.startsWith("+")) {
        for (const met of inside.values()) met.push(id)
        inside.set(id, [])
        continue
      }
      if (line.startsWith("=")) writing.set(id, inside.get(id) ?? [])
      if (line.startsWith("-")) found.push(...(writing.get(id) ?? []).map((other) => `${id} and ${other}`))
      inside.delete(id)
    }
    return found
  }

  /** Waits until one of them holds the lock, and says which. */
  async holder(among: ReadonlyArray<Runner>): Promise<Runner> {
    while (true) {
      const last = this.log().at(-1) ?? ""
      const found = among.find(({ id }) => last === `+${id}`)
      if (found !== undefined) return found
      await pause(5)
    }
  }

  dispose(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

const inStorm = async (run: (storm: Storm) => Promise<void>): Promise<void> => {
  const storm = new Storm()
  try {
    await run(storm)
  } finally {
    storm.dispose()
  }
}

const places: ReadonlyArray<Where> = ["here", "contained", "elsewhere"]

describe(`a storm${hasNamespaces ? "" : " (no pid namespaces here: other host names instead)"}`, () => {
  it(
    `${processes} processes × ${rounds} in three kinds of places, some killed: no update is lost, nobody overlaps`,
    () =>
      inStorm(async (storm) => {
        const seats = Array.from({ length: processes }, (_, seat) => places[seat % places.length] ?? "here")
        let kills = Math.max(4, Math.round((processes * rounds) / 60))
        const aims: Array<{ runner: Runner; over: boolean }> = []
        const sit = async (where: Where, seat: number): Promise<void> => {
          let left = rounds
          while (left > 0) {
            const aim = { runner: storm.start(where, left, `elsewhere${seat % 2}`), over: false }
            aims.push(aim)
            const code = await ended(aim.runner.child)
            aim.over = true
            if (code !== 0 && !storm.killed.has(aim.runner.id)) throw new Error(`a process ended with ${code}`)
            left -= storm.written(aim.runner.id)
            if (code === 0) expect(left).toBe(0)
          }
        }
        const sitting = Promise.all(seats.map(sit))
        const killing = (async () => {
          while (kills > 0 && aims.some(({ over }) => !over)) {
            await pause(60 + Math.random() * 120)
            const victims = aims.filter(({ over, runner }) => !over && storm.written(runner.id) > 0)
            const victim = victims[Math.floor(Math.random() * victims.length)]
            if (victim === undefined) continue
            storm.killed.add(victim.runner.id)
            await killed(victim.runner.child)
            kills -= 1
          }
        })()
        await Promise.all([sitting, killing])
        const written = storm.written()
        expect(storm.overlaps()).toEqual([])
        // Who was killed may have written without having noted it.
        expect(storm.count()).toBeGreaterThanOrEqual(written)
        expect(storm.count()).toBeLessThanOrEqual(written + storm.killed.size)
        expect(written).toBeGreaterThanOrEqual(processes * rounds - storm.killed.size)
        if (process.env["MP_TEST_STORM_LOCK"] !== undefined) {
          process.stderr.write(`${written} written, ${storm.killed.size} killed, ${storm.lost()} lost the lock\n`)
        }
      }),
    600_000
  )

  it(
    "holders elsewhere that are stopped for longer than the lease: they find out, and no update is lost",
    () =>
      inStorm(async (storm) => {
        const each = 8
        const runners = [0, 1, 2, 3].map((host) => storm.start("elsewhere", each, `elsewhere${host}`, 40))
        const over = Promise.all(runners.map(({ child }) => ended(child)))
        for (let stop = 0; stop < 3; stop += 1) {
          const { child, id } = await storm.holder(runners)
          child.kill("SIGSTOP")
          const deadline = performance.now() + 60_000
          while (storm.log().at(-1) === `+${id}` && performance.now() < deadline) await pause(20)
          child.kill("SIGCONT")
          await pause(100)
        }
        expect(await over).toEqual(runners.map(() => 0))
        expect(storm.count()).toBe(runners.length * each)
        expect(storm.overlaps()).toEqual([])
        expect(storm.lost()).toBeGreaterThan(0)
      }),
    240_000
  )

  it(
    "holders of the same place that are stopped for longer than the lease: nobody robs them",
    () =>
      inStorm(async (storm) => {
        const each = 5
        const runners = [0, 1, 2, 3].map(() => storm.start("here", each, "", 40))
        const over = Promise.all(runners.map(({ child }) => ended(child)))
        for (let stop = 0; stop < 2; stop += 1) {
          const { child, id } = await storm.holder(runners)
          child.kill("SIGSTOP")
          const log = storm.log()
          await pause(lease * 3)
          // It may have written and ended between the look and the signal; then others went on.
          if (log.at(-1) === `+${id}`) expect(storm.log()).toEqual(log)
          child.kill("SIGCONT")
          await pause(50)
        }
        expect(await over).toEqual(runners.map(() => 0))
        expect(storm.count()).toBe(runners.length * each)
        expect([storm.overlaps(), storm.lost()]).toEqual([[], 0])
      }),
    240_000
  )

  it(
    "holder and waiter frozen together for many leases: nobody is robbed on waking",
    () =>
      inStorm(async (storm) => {
        const first = storm.start("elsewhere", 1, "elsewhere1", 1_500)
        await storm.holder([first])
        const second = storm.start("elsewhere", 1, "elsewhere2")
        await pause(400)
        for (const { child } of [second, first]) child.kill("SIGSTOP")
        await pause(lease * 4)
        // Who waits looks before the holder can beat: the worst order.
        second.child.kill("SIGCONT")
        await pause(lease / 20)
        first.child.kill("SIGCONT")
        expect(await Promise.all([first, second].map(({ child }) => ended(child)))).toEqual([0, 0])
        expect(storm.count()).toBe(2)
        expect(storm.log()).toEqual([first, second].flatMap(({ id }) => [`+${id}`, `=${id}`, `-${id}`]))
      }),
    120_000
  )
})

/** What each bundle of `mp` may weigh and hold: every kilobyte and every package is paid for in starts. */
import { describe, expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { builtMp } from "../support/mp.ts"

const read = (name: string): string => readFileSync(join(dirname(builtMp), name), "utf8")
const packages: Readonly<Record<string, ReadonlyArray<string>>> = JSON.parse(read("packages.meta.json"))

const heavy = ["undici", "string-width", "yaml", "toml", "ini", "fast-check", "ws", "mime", "oidc-provider", "msgpackr"]

/**
 * Kilobytes at the most. `main` is what the main program needs beyond `fast`, `rest` what both import on demand, and `store`
 * what `MP_STORE` needs besides: 1,045 in all.
 */
const limits = [
  { name: "mp", kilobytes: 13, forbidden: ["effect", ...heavy] },
  { name: "fast", kilobytes: 405, forbidden: ["@effect/cli", "@effect/platform-node", ...heavy] },
  { name: "main", kilobytes: 290, forbidden: ["smol-toml", ...heavy] },
  { name: "rest", kilobytes: 262, forbidden: ["smol-toml", ...heavy] },
  { name: "store", kilobytes: 120, forbidden: ["@effect/cli", "ioredis", "pg", "smol-toml", ...heavy] }
]

/** Modules of Node that are loaded with a bundle. Another one costs a start up to a fifth of what Node alone takes. */
const loaded = (text: string): ReadonlyArray<string> =>
  [...new Set([...text.matchAll(/\brequire\("([a-z:/_]+)"\)/g)].map(([, name = ""]) => name))].sort()

describe("the bundles", () => {
  it.each(limits)(
    "$name.cjs weighs at most $kilobytes KB, and holds no heavy package",
    ({ forbidden, kilobytes, name }) => {
      expect(read(`${name}.cjs`).length / 1000).toBeLessThanOrEqual(kilobytes)
      expect(packages[name]?.filter((held) => forbidden.includes(held))).toEqual([])
    }
  )

  it.each(["fast", "main"])("%s.cjs loads no module of Node that is not loaded before it", (name) => {
    const before = ["node:fs", "node:path", "node:util"]
    expect(loaded(read(`${name}.cjs`)).filter((module) => !before.includes(module))).toEqual([])
  })

  // All that a module shares with one that is imported on demand is wrapped, and each wrapper is paid for.
  it.each(["fast", "main"])("%s.cjs has nothing inside that is imported on demand", (name) => {
    expect(read(`${name}.cjs`)).not.toMatch(/Promise\.resolve\(\)\.then\(\(\)=>\(/)
  })
})

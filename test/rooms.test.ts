/** The rooms of `src`: what each may import, and that docs/architecture.md draws what they do import. */
import { build } from "esbuild"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "./package/support/project.ts"

const source = join(root, "src")

/** The rooms of the picture, the most particular first. */
const rooms = [
  "domain/toml",
  "domain",
  "services",
  "layers/node",
  "layers/memory",
  "layers/redis",
  "layers/sandbox",
  "layers/sql",
  "cli",
  "index.ts",
  "node.ts",
  "testing.ts",
  "redis.ts",
  "sql.ts",
  "cli.ts"
]

const roomOf = (file: string): string => {
  const room = rooms.find((name) => file === name || file.startsWith(`${name}/`))
  if (room === undefined) throw new Error(`src/${file} lies in no room`)
  return room
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))

interface Import {
  readonly from: string
  readonly to: string
}

/** Types count, too; `import()` as well. */
const imports: ReadonlyArray<Import> = files.flatMap((from) =>
  [...readFileSync(join(source, from), "utf8").matchAll(/(?:\bfrom |\bimport |\bimport\()"([^"]+)"/g)].map(
    ([, name = ""]) => ({ from, to: name.startsWith(".") ? relative(source, join(source, dirname(from), name)) : name })
  )
)

const ours = imports.filter(({ to }) => files.includes(to))
const others = imports.filter(({ to }) => !files.includes(to))

const may: Readonly<Record<string, ReadonlyArray<string>>> = {
  "domain/toml": [],
  domain: ["domain/toml"],
  services: ["domain", "domain/toml"],
  "layers/node": ["domain", "domain/toml", "services"],
  "layers/memory": ["domain", "domain/toml", "services"],
  "layers/sandbox": ["domain", "domain/toml", "services"],
  "layers/redis": ["domain", "services"],
  "layers/sql": ["domain", "services"],
  cli: ["domain", "domain/toml", "services", "layers/node", "layers/redis", "layers/sandbox", "layers/sql"],
  "index.ts": ["domain", "services"],
  "node.ts": ["services", "layers/node"],
  "testing.ts": ["layers/memory", "layers/sandbox"],
  "redis.ts": ["layers/redis"],
  "sql.ts": ["services", "layers/sql"],
  "cli.ts": ["cli"]
}

const packages: Readonly<Record<string, RegExp>> = {
  "domain/toml": /^(effect\/|smol-toml$)/,
  domain: /^(effect\/|smol-toml$)/,
  services: /^(effect\/|@effect\/platform\/)/,
  "index.ts": /^effect\//
}

const isAllowed = ({ from, to }: Import): boolean =>
  roomOf(from) === roomOf(to) || may[roomOf(from)]?.includes(roomOf(to)) === true

describe("src", () => {
  it("imports point down, types included", () => {
    expect(imports.length).toBeGreaterThan(1000)
    expect(ours.filter((one) => !isAllowed(one))).toEqual([])
  })

  it("the lower floors know effect and nothing of Node", () => {
    const strays = others.filter(({ from, to }) => !(packages[roomOf(from)] ?? /./).test(to))
    expect(strays).toEqual([])
    const lower = files.filter((file) => ["domain", "domain/toml", "services", "index.ts"].includes(roomOf(file)))
    const telltale = lower.filter((file) =>
      /\bprocess\.|\bBuffer\./.test(readFileSync(join(source, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""))
    )
    expect(telltale).toEqual([])
  })

  it("the main entry bundles for a platform that is none", async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ["src/index.ts"],
      bundle: true,
      write: false,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      metafile: true,
      logLevel: "silent"
    })
    const outside = Object.values(metafile.outputs).flatMap(({ imports: left }) => left.map(({ path }) => path))
    expect(outside).toEqual([])
  })

  it("docs/architecture.md draws the imports that there are", () => {
    const text = readFileSync(join(root, "docs/architecture.md"), "utf8")
    const [, picture = ""] = /```mermaid\ngraph TD\n([\s\S]*?)```/.exec(text) ?? []
    const names = new Map(
      [...picture.matchAll(/^ {2}(\w+)\["(?:src\/)?([^"]+)"\]$/gm)].map(([, id = "", name = ""]) => [id, name])
    )
    const drawn = [...picture.matchAll(/^ {2}(\w+) --> ([\w &]+)$/gm)].flatMap(([, from = "", to = ""]) =>
      to.split(" & ").map((one) => `${names.get(from)} -> ${names.get(one)}`)
    )
    const real = new Set(
      ours
        .map(({ from, to }) => [roomOf(from), roomOf(to)] as const)
        .filter(([from, to]) => from !== to)
        .map(([from, to]) => `${from} -> ${to}`)
    )
    expect(drawn.toSorted()).toEqual([...real].toSorted())
  })
})

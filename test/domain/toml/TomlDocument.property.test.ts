import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import * as Toml from "#src/domain/toml/TomlDocument.ts"

/* A document is generated as lines that know what they belong to, so that the laws need no second parser. */

type Path = ReadonlyArray<string>
interface Line {
  readonly text: string
  readonly kind: "head" | "pair" | "comment" | "inner" | "blank"
  /** The path of the header or pair; of an inner comment, the path of its block. */
  readonly owner: Path
}
interface Model {
  readonly text: string
  readonly lines: ReadonlyArray<Line>
  readonly value: Toml.TomlTable
}

interface Name {
  readonly key: string
  readonly forms: ReadonlyArray<string>
}
const names: ReadonlyArray<Name> = [
  { key: "team", forms: ["team", '"team"', "'team'", '"te\\u0061m"'] },
  { key: "my shop.v2", forms: ['"my shop.v2"', "'my shop.v2'"] },
  { key: 'q"[x]#', forms: ["'q\"[x]#'", '"q\\"[x]#"'] },
  { key: "123", forms: ["123", '"123"'] },
  { key: "__proto__", forms: ["__proto__", '"__proto__"'] },
  { key: "", forms: ['""', "''"] },
  { key: "ns-1", forms: ["ns-1"] }
]
const keyNames: ReadonlyArray<Name> = ["type", "region", "sub", "x"].map((key) => ({ key, forms: [key, `"${key}"`] }))
const top = ["accounts", "targets", "settings", "active"]

const plainValues = [
  '"us"',
  "'C:\\path # no'",
  '"a \\" ] } # , \\\\"',
  "1_000",
  "0x1F",
  "-0.5e3",
  "1.0",
  "nan",
  "-inf",
  "true",
  "9223372036854775807",
  "1979-05-27T07:32:00Z",
  "1979-05-27 07:32:00+01:00",
  "1979-05-27",
  "07:32:00",
  '["a", "]", [1, 2]]',
  "{ k = 1, 'l.m' = \"}\", n.o = [ { p = 1 } ] }",
  "{}"
]
const longValues = [
  ['"""', "[accounts.team]", 'type = "x" # ""', '\\""" """'],
  ["'''[targets.fake]", "x = 1'''''"],
  ["[ # [", '  "a]", # "', "  '''", "[active]", "''',", "]"],
  ['"""\\', '   region = "us"', "  # no comment", '"""""']
]

const pick = <A>(items: ReadonlyArray<A>) => fc.constantFrom(...items)
const nameIn = (pool: ReadonlyArray<Name>) =>
  pick(pool).chain(({ forms, key }) => pick(forms).map((form) => ({ key, form })))
const spaces = pick(["", " ", "\t", "  "])
const comment = pick(["# [accounts.team]", '# type = "x', "#", "# ''' \"\"\" { [", "# naïve 🙂"])
const tail = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  comment.map((text) => ` ${text}`)
)
const valueLines = fc.oneof(
  { weight: 4, arbitrary: pick(plainValues).map((value) => [value]) },
  { weight: 1, arbitrary: pick(longValues) }
)

interface Part {
  readonly lines: ReadonlyArray<Line>
}
const blank: fc.Arbitrary<Line> = pick(["", "", "  "]).map((text) => ({ text, kind: "blank", owner: [] }))
const filler = (kind: "comment" | "inner", owner: Path) =>
  fc.array(
    fc.oneof(
      blank,
      comment.map((text): Line => ({ text, kind, owner }))
    ),
    { maxLength: 3 }
  )

const pair = (block: Path, parts: ReadonlyArray<{ key: string; form: string }>): fc.Arbitrary<Part> =>
  fc.tuple(spaces, spaces, spaces, valueLines, tail).map(([indent, before, after, value, end]) => {
    const written = `${indent}${parts.map(({ form }) => form).join(`${before}.${after}`)}${before}=${after}`
    const owner = [...block, ...parts.map(({ key }) => key)]
    const texts = value.map((text, index) => (index === 0 ? written + text : text))
    return {
      lines: texts.map((text, index) => ({ text: index === texts.length - 1 ? text + end : text, kind: "pair", owner }))
    }
  })

const inlineEntry = fc
  .tuple(nameIn(names), nameIn(keyNames), pick(plainValues), fc.boolean(), fc.boolean())
  .map(([name, key, value, isDotted, isEmpty]) =>
    isDotted
      ? `${name.form}.${key.form} = ${value}`
      : isEmpty
        ? `${name.form} = {}`
        : `${name.form} = { ${key.form} = ${value},x.y=1}`
  )
const inlineTable = (block: Path, name: { key: string; form: string }): fc.Arbitrary<Part> =>
  fc.tuple(fc.array(inlineEntry, { maxLength: 3 }), spaces, tail, fc.boolean()).map(([entries, gap, end, isLong]) => {
    const owner = [...block, name.key]
    const texts =
      isLong && entries.length > 0
        ? [`${name.form} = {`, ...entries.map((entry) => `  ${entry}, # }`), `}${end}`]
        : [`${name.form} = {${gap}${entries.join(`,${gap}`)}${gap}}${end}`]
    return { lines: texts.map((text) => ({ text, kind: "pair", owner })) }
  })

const plainKey = { form: "name", key: "name" }
const topName = pick(top).map((key) => ({ key, form: key }))
const rootPair = fc.oneof(
  pair([], [plainKey]),
  topName.chain((first) => inlineTable([], first)),
  fc.tuple(topName, nameIn(names), nameIn(keyNames)).chain((parts) => pair([], parts)),
  fc.tuple(topName, nameIn(keyNames)).chain((parts) => pair([], parts))
)
const blockPair = (path: Path) =>
  fc.oneof(
    { weight: 4, arbitrary: nameIn(keyNames).chain((name) => pair(path, [name])) },
    fc.tuple(nameIn(names), nameIn(keyNames)).chain((parts) => pair(path, parts)),
    nameIn(names).chain((name) => inlineTable(path, name))
  )

const header = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(topName, nameIn(names)) },
  { weight: 1, arbitrary: fc.tuple(topName) },
  { weight: 1, arbitrary: fc.tuple(topName, nameIn(names), nameIn(keyNames)) }
)
const block = fc.tuple(header, spaces, spaces, tail, fc.integer({ min: 0, max: 9 })).chain(([parts, a, b, end, n]) => {
  const path = parts.map(({ key }) => key)
  const isArray = n === 0
  const inside = `${a}${parts.map(({ form }) => form).join(`${b}.${a}`)}${b}`
  const head: Line = { text: `${a}${isArray ? `[[${inside}]]` : `[${inside}]`}${end}`, kind: "head", owner: path }
  return fc
    .tuple(filler("comment", path), fc.array(fc.tuple(filler("inner", path), blockPair(path)), { maxLength: 4 }))
    .map(([above, body]) => ({ path, above, head, body }))
})

const newline = pick(["\n", "\n", "\r\n"])

/** Parts that would make the text invalid are left out one by one, so that nearly every draw is of use. */
const assemble = (
  root: ReadonlyArray<readonly [ReadonlyArray<Line>, Part]>,
  blocks: ReadonlyArray<{
    readonly above: ReadonlyArray<Line>
    readonly head: Line
    readonly body: ReadonlyArray<readonly [ReadonlyArray<Line>, Part]>
  }>,
  last: ReadonlyArray<Line>,
  eol: string,
  ends: boolean,
  bom: boolean
): Model => {
  let lines: ReadonlyArray<Line> = []
  const render = (all: ReadonlyArray<Line>) => all.map(({ text }) => text).join(eol)
  const tryAdd = (more: ReadonlyArray<Line>): boolean => {
    const next = [...lines, ...more]
    if (Either.isLeft(Toml.parse(render(next)))) return false
    lines = next
    return true
  }
  for (const [above, part] of root) tryAdd([...above, ...part.lines])
  for (const { above, head, body } of blocks) {
    if (tryAdd([...above, head])) for (const [inner, part] of body) tryAdd([...inner, ...part.lines])
  }
  tryAdd(last)
  const text = (bom ? "\uFEFF" : "") + render(lines) + (ends && lines.length > 0 ? eol : "")
  const { value } = Either.getOrThrow(Toml.parse(text))
  return { text, lines, value }
}

const model: fc.Arbitrary<Model> = fc
  .tuple(
    fc.array(fc.tuple(filler("comment", []), rootPair), { maxLength: 4 }),
    fc.array(block, { maxLength: 6 }),
    filler("comment", []),
    newline,
    fc.boolean(),
    fc.integer({ min: 0, max: 15 }).map((n) => n === 0)
  )
  .map((parts) => assemble(...parts))

const scalar: fc.Arbitrary<Toml.TomlScalar> = fc.oneof(
  fc.string({ unit: "binary" }),
  pick(["us", "", '"', "a\nb", "\u007f\u0000", "\ud800", "]\\"]),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  pick([-0, 2 ** 60, 1e300, Number.NaN, Number.POSITIVE_INFINITY])
)
const anyKey = pick([...keyNames, ...names].map(({ key }) => key))
const anyTablePath: fc.Arbitrary<Path> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(pick(top), pick(names.map(({ key }) => key))) },
  { weight: 1, arbitrary: fc.tuple(pick(top)) },
  { weight: 1, arbitrary: fc.tuple(pick(top), anyKey, anyKey) },
  { weight: 1, arbitrary: fc.constant(["fresh", "table"]) }
)
const anyKeyPath: fc.Arbitrary<Path> = fc.oneof(
  fc.tuple(anyTablePath, anyKey).map(([table, key]) => [...table, key]),
  fc.constant(["name"])
)
const entries = fc.array(fc.tuple(anyKey, scalar), { maxLength: 4 })

type Edit =
  | { readonly op: "set"; readonly path: Path; readonly value: Toml.TomlScalar }
  | { readonly op: "remove"; readonly path: Path }
  | { readonly op: "putTable"; readonly path: Path; readonly entries: Toml.TomlEntries }
/** Paths of the document itself (or just beside them) come up as often as others. */
const pathsIn = ({ value }: Model, found: Path = []): ReadonlyArray<Path> => {
  const inner = get(value, found)
  return isObject(inner)
    ? Object.keys(inner).flatMap((key) => [
        [...found, key],
        ...pathsIn({ text: "", lines: [], value }, [...found, key])
      ])
    : []
}
const keyPath = (start: Model): fc.Arbitrary<Path> => {
  const found = pathsIn(start)
  return found.length === 0 ? anyKeyPath : fc.oneof({ weight: 3, arbitrary: pick(found) }, anyKeyPath)
}
const tablePath = (start: Model): fc.Arbitrary<Path> => {
  const found = pathsIn(start).filter((path) => isObject(get(start.value, path)))
  return found.length === 0 ? anyTablePath : fc.oneof({ weight: 2, arbitrary: pick(found) }, anyTablePath)
}
const keysOf = (start: Model): fc.Arbitrary<Path> =>
  fc.oneof(
    keyPath(start),
    fc.tuple(tablePath(start), anyKey).map(([table, key]) => [...table, key])
  )
const edit = (start: Model): fc.Arbitrary<Edit> =>
  fc.oneof(
    fc.record({ op: fc.constant("set" as const), path: keysOf(start), value: scalar }),
    fc.record({ op: fc.constant("remove" as const), path: fc.oneof(keyPath(start), tablePath(start)) }),
    fc.record({ op: fc.constant("putTable" as const), path: tablePath(start), entries })
  )
const withModel = <A>(more: (start: Model) => fc.Arbitrary<A>): fc.Arbitrary<[Model, A]> =>
  model.chain((start) => fc.tuple(fc.constant(start), more(start)))

const apply = (doc: Toml.TomlDocument, change: Edit): Toml.TomlDocument => {
  if (change.op === "set") return Toml.set(doc, change.path, change.value)
  if (change.op === "remove") return Toml.remove(doc, change.path)
  return Toml.putTable(doc, change.path, change.entries)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
const get = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value)
const startsWith = (path: Path, prefix: Path) =>
  prefix.length <= path.length && prefix.every((key, index) => key === path[index])
const wellFormed = (value: Toml.TomlScalar) =>
  typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\uFFFD") : value

/** Something on the way to the path is not a table: the edit removes it first. */
const blockerOf = (doc: Model, path: Path): Path | undefined =>
  path
    .map((_, index) => path.slice(0, index + 1))
    .slice(0, -1)
    .find((prefix) => get(doc.value, prefix) !== undefined && !isObject(get(doc.value, prefix)))

/** What an edit may touch, from its meaning alone. */
const mayChange = (doc: Model, change: Edit, line: Line): boolean => {
  const blocker = change.op === "remove" ? undefined : blockerOf(doc, [...change.path, "any"])
  const path = blocker ?? change.path
  const isRemoval = blocker !== undefined || change.op === "remove" || change.op === "set"
  const isBelow = startsWith(line.owner, path) && (isRemoval || line.owner.length > path.length)
  if (line.kind === "comment") return false
  return isBelow || (line.kind === "pair" && startsWith(path, line.owner))
}

/** A value set in place or a key added takes no line away, not even a blank one. */
const takesNothing = (doc: Model, change: Edit): boolean => {
  const old = get(doc.value, change.path)
  return (
    change.op === "set" && blockerOf(doc, change.path) === undefined && (old === undefined || typeof old !== "object")
  )
}

const isSubsequence = (lines: ReadonlyArray<string>, within: ReadonlyArray<string>): boolean => {
  let index = 0
  for (const line of within) if (line === lines[index]) index++
  return index === lines.length
}
const toDoc = ({ text, value }: Model): Toml.TomlDocument => ({ text, value })
const runs = { numRuns: Number(process.env["TOML_RUNS"] ?? 500) }
const law = <A>(name: string, inputs: fc.Arbitrary<A>, holds: (input: A) => void) =>
  it(name, () => fc.assert(fc.property(inputs, holds), runs))

describe("TomlDocument laws", () => {
  law(
    "every edit of a sequence keeps text and value together",
    withModel((start) => fc.array(edit(start), { maxLength: 5 })),
    ([start, edits]) => {
      let doc = toDoc(start)
      for (const change of edits) {
        doc = apply(doc, change)
        expect(Toml.isFaithful(doc)).toBe(true)
      }
    }
  )

  law("an edit leaves all other lines as they are, in order", withModel(edit), ([start, change]) => {
    const after = apply(toDoc(start), change)
      .text.replace(/^\uFEFF/, "")
      .split(/\r?\n/)
    const kept = start.lines.filter(
      (line) => (line.kind !== "blank" || takesNothing(start, change)) && !mayChange(start, change, line)
    )
    expect(
      isSubsequence(
        kept.map(({ text }) => text),
        after
      )
    ).toBe(true)
  })

  law("line endings, byte order mark and the end of the file stay", withModel(edit), ([start, change]) => {
    const { text } = apply(toDoc(start), change)
    expect(text.startsWith("\uFEFF")).toBe(start.text.startsWith("\uFEFF"))
    if (start.text.includes("\r\n")) expect(text.replaceAll("\r\n", "")).not.toContain("\n")
    else expect(text).not.toContain("\r")
    if (text !== "" && start.lines.length > 0 && !start.text.endsWith("\n")) {
      const isCut = start.lines.at(-1)?.text.trim() === "" || text.startsWith("\uFEFF")
      if (!isCut) expect(/\n[ \t]*\n$/.test(`${text}\n`) || !text.endsWith("\n")).toBe(true)
    }
  })

  law(
    "what was set is found, and setting it again changes nothing",
    withModel((start) => fc.tuple(keysOf(start), scalar)),
    ([start, [path, value]]) => {
      const once = Toml.set(toDoc(start), path, value)
      expect(Object.is(get(once.value, path), wellFormed(value))).toBe(true)
      expect(Toml.set(once, path, value)).toBe(once)
      expect(Toml.locate(once, path)._tag).toBe("Some")
    }
  )

  law(
    "a table holds exactly what was put, and putting it again changes nothing",
    withModel((start) => fc.tuple(tablePath(start), entries)),
    ([start, [path, list]]) => {
      const once = Toml.putTable(toDoc(start), path, list)
      const wanted = new Map(list.map(([key, value]) => [key, wellFormed(value)]))
      const table = get(once.value, path)
      expect(isObject(table) && Object.keys(table).length === wanted.size).toBe(true)
      for (const [key, value] of wanted) expect(Object.is(get(table, [key]), value)).toBe(true)
      expect(Toml.putTable(once, path, list)).toBe(once)
    }
  )

  law(
    "a table that is renamed says the same under its new name, and no line besides is changed",
    withModel(tablePath),
    ([start, path]) => {
      const doc = toDoc(start)
      const before = get(doc.value, path)
      fc.pre(path.length > 0 && isObject(before))
      const scalars = Object.values(Object(before)).every((value) => !["object", "bigint"].includes(typeof value))
      const isInline = start.lines.some(({ kind, owner }) => kind === "pair" && startsWith(path, owner))
      const after = Toml.rename(doc, path, "renamed one")
      expect(Toml.isFaithful(after)).toBe(true)
      expect(get(after.value, path)).toBe(undefined)
      if (scalars || !isInline) expect(get(after.value, [...path.slice(0, -1), "renamed one"])).toEqual(before)
      if (!isInline) expect(after.text.split("\n").length).toBe(doc.text.split("\n").length)
    }
  )

  law("what was removed is gone, and all other values are the same", withModel(keyPath), ([start, path]) => {
    const doc = toDoc(start)
    const after = Toml.remove(doc, path)
    expect(get(after.value, path)).toBe(undefined)
    if (get(doc.value, path) === undefined) expect(after).toBe(doc)
    for (const key of Object.keys(doc.value)) if (key !== path[0]) expect(after.value[key]).toBe(doc.value[key])
  })

  law(
    "removing a block that was added gives the text back",
    withModel(() => fc.tuple(anyTablePath, entries)),
    ([start, [path, list]]) => {
      const doc = toDoc(start)
      fc.pre(get(doc.value, path) === undefined && blockerOf(start, path) === undefined)
      const isInline = start.lines.some((line) => line.kind === "pair" && startsWith(path, line.owner))
      fc.pre(!isInline)
      expect(Toml.remove(Toml.putTable(doc, path, list), path).text).toBe(doc.text)
    }
  )

  law("every key of the document can be located", model, (start) => {
    const doc = toDoc(start)
    for (const line of start.lines.filter(({ kind }) => kind === "pair" || kind === "head"))
      if (get(doc.value, line.owner) !== undefined) expect(Toml.locate(doc, line.owner)._tag).toBe("Some")
  })
})

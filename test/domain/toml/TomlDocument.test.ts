import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import * as Toml from "#src/domain/toml/TomlDocument.ts"

const load = (text: string): Toml.TomlDocument => Either.getOrThrow(Toml.parse(text))
type Edit = (doc: Toml.TomlDocument) => Toml.TomlDocument
const set =
  (path: ReadonlyArray<string>, value: Toml.TomlScalar): Edit =>
  (doc) =>
    Toml.set(doc, path, value)
const remove =
  (...path: ReadonlyArray<string>): Edit =>
  (doc) =>
    Toml.remove(doc, path)
const put =
  (path: ReadonlyArray<string>, entries: Toml.TomlEntries): Edit =>
  (doc) =>
    Toml.putTable(doc, path, entries)

type Case = readonly [name: string, before: string, edit: Edit, after: string]
const cases = (table: ReadonlyArray<Case>) =>
  it.each(table)("%s", (_name, before, edit, after) => {
    const doc = edit(load(before))
    expect(doc.text).toBe(after)
    expect(Toml.isFaithful(doc)).toBe(true)
  })

describe("set replaces a value and nothing else", () => {
  cases([
    ["in a block", '[a.b]\nx = "old" # note\ny = 2\n', set(["a", "b", "x"], "new"), '[a.b]\nx = "new" # note\ny = 2\n'],
    ["under a spaced header", '[ a . "b" ] # h\n  x=1\n', set(["a", "b", "x"], 2), '[ a . "b" ] # h\n  x=2\n'],
    ["under an escaped header", "[\"\\u0061\".'b']\nx = 1\n", set(["a", "b", "x"], 2), "[\"\\u0061\".'b']\nx = 2\n"],
    [
      "under a dotted name",
      '[targets."my shop.v2"]\nx = 1\n',
      set(["targets", "my shop.v2", "x"], 2),
      '[targets."my shop.v2"]\nx = 2\n'
    ],
    ["in a dotted key at the root", "a.b . x = 1\na.c.x = 1\n", set(["a", "b", "x"], 2), "a.b . x = 2\na.c.x = 1\n"],
    ["in a dotted key in a block", "[a]\nb.x = 1\n", set(["a", "b", "x"], 2), "[a]\nb.x = 2\n"],
    ["in an inline table", 'a = { x = 1, y = "}" } # c\n', set(["a", "x"], 2), 'a = { x = 2, y = "}" } # c\n'],
    ["in a nested inline table", "a = {b={x=1}, c={}}\n", set(["a", "b", "x"], 2), "a = {b={x=2}, c={}}\n"],
    ["of a date by a string", "d = 1979-05-27 07:32:00 # c\n", set(["d"], "x"), 'd = "x" # c\n'],
    ["of an array over several lines", 'd = [ # "\n  "]",\n] # c\ne = 1\n', set(["d"], true), "d = true # c\ne = 1\n"],
    ["with CRLF", "[a]\r\nx = 1\r\ny = 2\r\n", set(["a", "x"], 3), "[a]\r\nx = 3\r\ny = 2\r\n"],
    ["without a last line end", "[a]\nx = 1", set(["a", "x"], 3), "[a]\nx = 3"],
    [
      "below what only looks like it",
      's = """\n[a]\nx = 1\n"""\n[a]\nx = 1\n',
      set(["a", "x"], 3),
      's = """\n[a]\nx = 1\n"""\n[a]\nx = 3\n'
    ],
    ["after a string in five quotes", 's = """a"""""\nx = 1\n', set(["x"], 3), 's = """a"""""\nx = 3\n'],
    [
      "named __proto__",
      "[__proto__]\n__proto__ = 1\n",
      set(["__proto__", "__proto__"], 2),
      "[__proto__]\n__proto__ = 2\n"
    ],
    [
      "but not one that is there, however written",
      "x = 'a' # c\ny = 0x10\n",
      set(["x"], "a"),
      "x = 'a' # c\ny = 0x10\n"
    ]
  ])
})

describe("set adds a key", () => {
  cases([
    ["to an empty document", "", set(["x"], 1), "x = 1\n"],
    ["at the end of a block", "[a]\nx = 1\n# c\n\n[b]\n", set(["a", "y"], 2), "[a]\nx = 1\ny = 2\n# c\n\n[b]\n"],
    ["with the block's indentation", "[a]\n\tx = 1\n", set(["a", "y"], 2), "[a]\n\tx = 1\n\ty = 2\n"],
    ["to an empty block", "  [a]\n[b]\n", set(["a", "y"], 2), "  [a]\n  y = 2\n[b]\n"],
    ["without a last line end", "[a]\nx = 1", set(["a", "y"], 2), "[a]\nx = 1\ny = 2"],
    ["with CRLF", "[a]\r\nx = 1\r\n", set(["a", "y"], 2), "[a]\r\nx = 1\r\ny = 2\r\n"],
    ["to the root, after its keys", "x = 1\n\n[a]\n", set(["y"], 2), "x = 1\ny = 2\n\n[a]\n"],
    [
      "to a root without keys, before the first header",
      "# about a\n[a]\nx = 1\n",
      set(["y"], 2),
      "y = 2\n\n# about a\n[a]\nx = 1\n"
    ],
    [
      "to such a root, below its opening comment",
      "# file\n\n# about a\n[a]\n",
      set(["y"], 2),
      "# file\n\ny = 2\n\n# about a\n[a]\n"
    ],
    ["after a byte order mark", "\uFEFF[a]\n", set(["y"], 2), "\uFEFFy = 2\n\n[a]\n"],
    [
      "to a dotted table",
      "a.b.x = 1 # c\nz = 1\n[c]\n",
      set(["a", "b", "y"], 2),
      "a.b.x = 1 # c\na.b.y = 2\nz = 1\n[c]\n"
    ],
    [
      "to a dotted table in a block",
      "[a]\n  b.x = 1\n  c = 1\n",
      set(["a", "b", "y"], 2),
      "[a]\n  b.x = 1\n  b.y = 2\n  c = 1\n"
    ],
    ["to a super-table of a dotted one", "a.b.x = 1\n", set(["a", "y"], 2), "a.b.x = 1\na.y = 2\n"],
    ["to an inline table", "a = { x = 1 } # c\n", set(["a", "y"], 2), "a = { x = 1, y = 2 } # c\n"],
    ["to an empty inline table", "a = {}\n", set(["a", "y"], 2), "a = { y = 2 }\n"],
    ["to a nested inline table", "a = { b = { x = 1 } }\n", set(["a", "b", "y"], 2), "a = { b = { x = 1, y = 2 } }\n"],
    [
      "to a dotted table in an inline one",
      "a = { b.x = 1, c = 1 }\n",
      set(["a", "b", "y"], 2),
      "a = { b.x = 1, b.y = 2, c = 1 }\n"
    ],
    [
      "in a new table in an inline one",
      "a = { b = { x = 1 } }\n",
      set(["a", "c", "y"], 2),
      "a = { b = { x = 1 }, c = { y = 2 } }\n"
    ],
    ["in a new table", "x = 1\n", set(["a", "b", "y"], 2), "x = 1\n\n[a.b]\ny = 2\n"],
    [
      "to a table that has only sub-tables",
      "# f\n\n# about\n[a.b]\nx = 1\n",
      set(["a", "y"], 2),
      "# f\n\n[a]\ny = 2\n\n# about\n[a.b]\nx = 1\n"
    ],
    [
      "to a super-table that comes later",
      "[a.b]\nx = 1\n[a]\nz = 1\n",
      set(["a", "y"], 2),
      "[a.b]\nx = 1\n[a]\nz = 1\ny = 2\n"
    ],
    ["in place of a table", "[a.b]\nx = 1\n\n[c]\n", set(["a"], 2), "a = 2\n\n[c]\n"],
    ["below what was an array of tables", "[[a]]\nx = 1\n\n[[a]]\nx = 2\n", set(["a", "y"], 2), "[a]\ny = 2\n"],
    ["with a name to quote", "[a]\n", set(["a", 'k "1"'], 2), '[a]\n"k \\"1\\"" = 2\n']
  ])
})

describe("remove", () => {
  cases([
    ["takes a key's line", "[a]\n# c\nx = 1 # d\ny = 2\n", remove("a", "x"), "[a]\n# c\ny = 2\n"],
    ["takes a value of several lines", 'x = """\n\n[a]\n"""\ny = 1\n', remove("x"), "y = 1\n"],
    ["keeps a header without keys", "[a]\nx = 1\n", remove("a", "x"), "[a]\n"],
    ["takes a block and a blank line", "[a]\nx = 1\n\n[b]\ny = 1\n\n[c]\n", remove("b"), "[a]\nx = 1\n\n[c]\n"],
    ["takes the first block", "[a]\nx = 1\n\n[b]\n", remove("a"), "[b]\n"],
    ["takes the last block", "[a]\nx = 1\n\n[b]\ny = 1\n", remove("b"), "[a]\nx = 1\n"],
    ["takes the last block without a last line end", "[a]\nx = 1\n\n[b]\ny = 1", remove("b"), "[a]\nx = 1"],
    [
      "keeps comments above and below a block",
      "# f\n\n# about b\n[b]\n# in\ny = 1\n# after\n\n[c]\n",
      remove("b"),
      "# f\n\n# about b\n# after\n\n[c]\n"
    ],
    [
      "takes sub-tables, wherever they are",
      "[a.b.s]\nx = 1\n\n[c]\n\n[a.b]\ny = 1\n\n[[a.b.l]]\n",
      remove("a", "b"),
      "[c]\n"
    ],
    ["takes dotted keys", "a.b.x = 1\nz = 1\na.b.y = 1\n", remove("a", "b"), "z = 1\n"],
    ["takes the only dotted key", "a.b.x = 1\n", remove("a", "b", "x"), ""],
    ["takes an inline entry", "a = { x = 1, y = 2, z = 3 }\n", remove("a", "y"), "a = { x = 1, z = 3 }\n"],
    ["takes the first inline entry", "a = { x = 1, y = 2 }\n", remove("a", "x"), "a = { y = 2 }\n"],
    ["takes the last inline entry", "a = { x = 1, y = 2 } # c\n", remove("a", "y"), "a = { x = 1 } # c\n"],
    ["takes the only inline entry", "a = { x = 1 }\n", remove("a", "x"), "a = {}\n"],
    ["takes an inline table", "[a]\nb = { x = 1 }\nc = 1\n", remove("a", "b"), "[a]\nc = 1\n"],
    ["takes dotted inline entries", "a = { b.x = 1, c = 1, b.y = 1 }\n", remove("a", "b"), "a = { c = 1 }\n"],
    [
      "takes a line of a long inline table",
      "a = {\n  x = 1, # c\n  y = 2,\n}\n",
      remove("a", "y"),
      "a = {\n  x = 1, # c\n}\n"
    ],
    ["does nothing where nothing is", "[a]\nx = 1\n", remove("a", "y"), "[a]\nx = 1\n"],
    ["does not look into arrays", "[[a]]\nx = 1\n", remove("a", "x"), "[[a]]\nx = 1\n"]
  ])

  it("tells tables that vanish from tables that are empty", () => {
    expect(Toml.remove(load("a.b.x = 1\n"), ["a", "b", "x"]).value).toEqual(Toml.empty.value)
    expect(Toml.remove(load("[a]\nb.x = 1\n"), ["a", "b", "x"]).value).toEqual(load("[a]").value)
    expect(Toml.remove(load("a = { b.x = 1 }\n"), ["a", "b", "x"]).value).toEqual(load("a = {}").value)
  })
})

const entries: Toml.TomlEntries = [
  ["type", "t"],
  ["region", "us"],
  ["name", "n"]
]
const block = 'type = "t"\nregion = "us"\nname = "n"\n'

describe("putTable", () => {
  cases([
    ["starts a document", "", put(["a", "b"], entries), `[a.b]\n${block}`],
    ["appends a block", "x = 1\n", put(["a", "b"], entries), `x = 1\n\n[a.b]\n${block}`],
    ["leaves a missing last line end missing", "x = 1", put(["a"], [["y", 1]]), "x = 1\n\n[a]\ny = 1"],
    ["uses the document's line ends", "[c]\r\n", put(["a"], [["y", 1]]), "[c]\r\n\r\n[a]\r\ny = 1\r\n"],
    ["appends after comments", "[c]\nx = 1\n\n# end\n", put(["a"], [["y", 1]]), "[c]\nx = 1\n\n# end\n\n[a]\ny = 1\n"],
    ["quotes names", "", put(["targets", "my shop.v2"], []), '[targets."my shop.v2"]\n'],
    [
      "keeps siblings together",
      "[a.b]\nx = 1\n\n# about c\n[c]\n",
      put(["a", "d"], [["y", 1]]),
      "[a.b]\nx = 1\n\n[a.d]\ny = 1\n\n# about c\n[c]\n"
    ],
    [
      "leaves comments with their block",
      "[a.b]\nx = 1\n# of b\n\n# about c\n[c]\n",
      put(["a", "d"], [["y", 1]]),
      "[a.b]\nx = 1\n# of b\n\n[a.d]\ny = 1\n\n# about c\n[c]\n"
    ],
    [
      "leaves comments with their header",
      "[a.b]\nx = 1\n# about c\n[c]\n",
      put(["a", "d"], [["y", 1]]),
      "[a.b]\nx = 1\n\n[a.d]\ny = 1\n# about c\n[c]\n"
    ],
    [
      "puts a table below a dotted one",
      "a.b.x = 1\n\n[c]\n",
      put(["a", "d"], [["y", 1]]),
      "a.b.x = 1\n\n[c]\n\n[a.d]\ny = 1\n"
    ],
    [
      "extends an inline table",
      "a = { b = { x = 1 } }\n[c]\n",
      put(["a", "d"], [["y", 1]]),
      "a = { b = { x = 1 }, d = { y = 1 } }\n[c]\n"
    ],
    [
      "rewrites a block",
      "# about\n[a.b] # h\n# one\nregion = \"eu\" # r\n\nold = 1\n# two\nname = 'n'\n",
      put(["a", "b"], entries),
      '# about\n[a.b] # h\ntype = "t"\n# one\nregion = "us" # r\n\n# two\nname = \'n\'\n'
    ],
    ["inserts in order", '[a]\ntype = "t"\nname = "n"\n', put(["a"], entries), `[a]\n${block}`],
    ["drops sub-tables", "[a]\nx = 1\n\n[a.s]\ny = 1\n\n[c]\n", put(["a"], [["x", 1]]), "[a]\nx = 1\n\n[c]\n"],
    [
      "rewrites an inline table",
      "a = { old = 1, region = 'us' } # c\n",
      put(["a"], entries),
      'a = { type = "t", region = \'us\', name = "n" } # c\n'
    ],
    [
      "rewrites dotted keys",
      "a.b.old = 1\na.b.region = 'us'\n",
      put(["a", "b"], entries),
      'a.b.type = "t"\na.b.region = \'us\'\na.b.name = "n"\n'
    ],
    ["empties dotted keys", "a.b.old = 1\nz = 1\n", put(["a", "b"], []), "a.b = {}\nz = 1\n"],
    ["empties a block", "[a]\nx = 1\n", put(["a"], []), "[a]\n"],
    ["replaces a table of sub-tables", "[a.b]\nx = 1\n\n[c]\n", put(["a"], [["y", 1]]), "[a]\ny = 1\n\n[c]\n"],
    [
      "takes the last of two entries for a key",
      "",
      put(
        ["a"],
        [
          ["x", 1],
          ["x", 2]
        ]
      ),
      "[a]\nx = 2\n"
    ]
  ])
})

describe("values", () => {
  it.each<readonly [Toml.TomlScalar, string]>([
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["a\nb\tc\r\b\f", '"a\\nb\\tc\\r\\b\\f"'],
    ["\u0000\u001f\u007f", '"\\u0000\\u001f\\u007f"'],
    ["naïve 🙂 \u0085\u2028", '"naïve 🙂 \u0085\u2028"'],
    ["\ud800x\udc00", '"\uFFFDx\uFFFD"'],
    [-0, "-0.0"],
    [1.5, "1.5"],
    [1e21, "1e+21"],
    [2 ** 60, "1152921504606847000.0"],
    [Number.NaN, "nan"],
    [Number.NEGATIVE_INFINITY, "-inf"],
    [false, "false"]
  ])("writes %j", (value, written) => {
    const doc = Toml.set(Toml.empty, ["x"], value)
    expect(doc.text).toBe(`x = ${written}\n`)
    expect(Toml.isFaithful(doc)).toBe(true)
  })

  it("reads integers beyond the safe range", () => {
    expect(load("x = 9223372036854775807").value["x"]).toBe(9223372036854775807n)
  })

  it("shares what an edit does not touch", () => {
    const doc = load("[a.b]\nx = 1\n[a.c]\n[d]\n")
    const after = Toml.set(doc, ["a", "b", "x"], 2)
    expect(after.value["d"]).toBe(doc.value["d"])
    expect(doc.value).toEqual(load("[a.b]\nx = 1\n[a.c]\n[d]\n").value)
  })

  it("sees when text and value differ", () => {
    const lies = (text: string, other: string) => Toml.isFaithful({ text, value: load(other).value })
    expect(lies("x = 1979-05-27", "x = 1979-05-27T00:00:00Z")).toBe(false)
    expect(lies("x = [1]", "x = [1, 2]")).toBe(false)
    expect(lies("x = {}", "x = []")).toBe(false)
    expect(lies("x = 1", 'x = "1"')).toBe(false)
    expect(lies("x.y = 1", "x.z = 1")).toBe(false)
    expect(lies("x = nan\ny = [9223372036854775807]", "y = [ 9223372036854775807 ]\nx = +nan")).toBe(true)
    expect(Toml.isFaithful({ text: "x = ", value: Toml.empty.value })).toBe(false)
  })
})

describe("locate", () => {
  const text =
    'name = 1\na.b.x = 1\ni = { k = 1,\n  l.m = 2 }\n  [ "t" . u ]\n\n  key = """\nkey = 1"""\n[[l]]\nz = 1\n'
  it.each<readonly [ReadonlyArray<string>, number, number]>([
    [["name"], 1, 1],
    [["a", "b", "x"], 2, 1],
    [["a"], 2, 1],
    [["i"], 3, 1],
    [["i", "k"], 3, 7],
    [["i", "l", "m"], 4, 3],
    [["t", "u"], 5, 3],
    [["t"], 5, 3],
    [["t", "u", "key"], 7, 3],
    [["l"], 9, 1]
  ])("finds %j", (path, line, column) => {
    expect(Toml.locate(load(text), path)).toEqual(Option.some({ line, column }))
  })
  it.each([[["nothing"]], [["l", "z"]], [["name", "x"]], [[]]])("does not find %j", (path) => {
    expect(Toml.locate(load(text), path)).toEqual(Option.none())
  })
})

describe("parse", () => {
  it.each([
    ['[a]\nsecret = "hunter2\n', 2, 18, "control characters are not allowed in strings"],
    ["secret = hunter2\n", 1, 10, "invalid value"],
    ["[a]\n[a]\n", 2, 2, "trying to redefine an already defined table or value"],
    ["a = 1 hunter2\n", 1, 7, "each key-value declaration must be followed by an end-of-line"],
    [`a = ${"[".repeat(2000)}`, 1, 1005, "document contains excessively nested structures. aborting"],
    ["hunter2", 1, 1, "incomplete key-value: cannot find end of key"]
  ])("says where and what, not which text (%#)", (text, line, column, reason) => {
    expect(Toml.parse(text)).toEqual(Either.left({ line, column, reason }))
  })

  it("relies on smol-toml's phrases being fixed", () => {
    const home = new URL("../../../node_modules/smol-toml/dist/", import.meta.url)
    const sources = ["extract", "parse", "primitive", "struct", "util"].map((name) =>
      fs.readFileSync(fileURLToPath(new URL(`${name}.js`, home)), "utf8")
    )
    const thrown = sources.flatMap((source) => source.match(/TomlError\.x\([^'`"]*['`"][^'`"]*['`"]|TomlError\.x\(.*/g))
    expect(thrown.length).toBeGreaterThan(30)
    const quoting = thrown.filter((call) => call !== null && !/\((peek === null\s*\? )?(['`])[a-z :,.-]*\2$/.test(call))
    expect(quoting).toEqual(
      ["TomlError.x(e instanceof Error ? e.message : '' "].map((call) => expect.stringContaining(call.slice(0, 40)))
    )
  })
})

describe("scale", () => {
  it("survives deep and long documents", () => {
    const deep = Array.from({ length: 3000 }, () => "k").join(".")
    const long = Array.from({ length: 5000 }, (_, n) => `[accounts.a${n}]\nx = ${n}\n`).join("\n")
    const doc = Toml.set(load(`${long}\n[${deep}]\nx = 1\n`), ["accounts", "a2500", "x"], "new")
    expect(Toml.isFaithful(doc)).toBe(true)
  })
})

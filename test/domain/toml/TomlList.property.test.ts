/** Lists of tables are edited one table at a time: the rest of the text stays, and text and value agree. */
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import { expect, it } from "vitest"
import * as Toml from "#src/domain/toml/TomlDocument.ts"
import { locateItem, tablesAt } from "#src/domain/toml/listText.ts"
import { putItem, removeItem } from "#src/domain/toml/TomlList.ts"

const pick = <A>(items: ReadonlyArray<A>) => fc.constantFrom(...items)
const path = ["directories"]
const rest = pick(["", "", "# mine", "  # [[directories]]", "\n", "[other]\nx = 1", '[accounts.a]\ntype = "t"'])
const value = pick(['"~/work"', "'C:\\# no'", "5", '"a \\" ] }"', "[ 1, # ]\n 2 ]", "{ a = 1 }", "true"])
const tail = pick(["", "", " # why", "\t"])
const key = pick(["path", "target", '"account"', "project", "deep.er"])

const pair = fc
  .tuple(pick(["", "  "]), key, value, tail)
  .map((parts) => `${parts[0]}${parts[1]} = ${parts[2]}${parts[3]}`)
const inside = fc.array(fc.oneof({ weight: 5, arbitrary: pair }, pick(["# inside", ""])), { maxLength: 3 })
const blockItem = fc
  .tuple(
    rest,
    pick(["[[directories]]", " [[ directories ]] # one", '[["directories"]]', "[[directories]]\n[directories.sub]"]),
    inside
  )
  .map(([above, head, lines]) => [above, head, ...lines].join("\n"))
const blocks = fc.array(blockItem, { maxLength: 4 }).map((items) => items.join("\n"))
const inlineItem = fc
  .uniqueArray(fc.tuple(key, pick(['"~/w"', "5", '"} ] ,"', "{ a = 1 }"])), {
    maxLength: 3,
    selector: ([name]) => name
  })
  .map((pairs) => `{${pairs.map(([name, said]) => ` ${name} = ${said}`).join(",")} }`)
const inline = fc
  .tuple(
    fc.array(inlineItem, { maxLength: 4 }),
    pick([", ", ",", " ,\n  ", ", # ]\n"]),
    pick(["", ",", ", # }\n"]),
    tail
  )
  .map(([items, comma, last, end]) => `directories = [${items.join(comma)}${items.length === 0 ? "" : last}]${end}`)

const documents = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: blocks }, inline),
    pick(["", "\n", "\n\n", "\n[after]\ny = 2 # stay"]),
    fc.boolean()
  )
  .map(([list, last, crlf]) => (crlf ? `${list}${last}`.replaceAll("\n", "\r\n") : `${list}${last}`))
  .map(Toml.parse)
  .filter(Either.isRight)
  .map(({ right }) => right)
  .filter(({ value: root }) => tablesAt(root, path) !== null)

const entries = fc
  .uniqueArray(fc.tuple(pick(["path", "target", "account", "deep"]), fc.oneof(fc.string(), fc.integer())), {
    maxLength: 3,
    selector: ([name]) => name
  })
  .map((pairs): Toml.TomlEntries => pairs)
const change = fc.tuple(fc.nat(4), fc.option(entries))

const apply = (doc: Toml.TomlDocument, [index, said]: readonly [number, Toml.TomlEntries | null]) =>
  said === null ? removeItem(doc, path, index) : putItem(doc, path, index, said)

const without = (doc: Toml.TomlDocument): unknown => {
  const { directories: _, ...others } = doc.value
  return others
}

it("every edit of a sequence keeps text and value together, and all other tables as they are", () => {
  fc.assert(
    fc.property(documents, fc.array(change, { maxLength: 4 }), (start, changes) => {
      let doc = start
      for (const one of changes) {
        const before = tablesAt(doc.value, path) ?? []
        const next = apply(doc, one)
        expect(Toml.isFaithful(next)).toBe(true)
        const after = tablesAt(next.value, path) ?? []
        const [index, said] = one
        const expected =
          said === null
            ? before.filter((_, at) => at !== index)
            : index > before.length
              ? before
              : [...before.slice(0, index), Object.fromEntries(said), ...before.slice(index + 1)]
        expect(after.map((table) => ({ ...table }))).toEqual(expected.map((table) => ({ ...table })))
        expect(without(next)).toEqual(without(start))
        doc = next
      }
    }),
    { numRuns: 1500 }
  )
})

it("comments stay, but those inside of a table that goes", () => {
  fc.assert(
    fc.property(documents, change, (start, one) => {
      const { text } = apply(start, one)
      const comments = [...start.text.matchAll(/# (mine|stay)/g)]
      expect([...text.matchAll(/# (mine|stay)/g)]).toHaveLength(comments.length)
    })
  )
})

it("a table that was added is found, is gone again, and leaves the text as it was", () => {
  fc.assert(
    fc.property(documents, entries, (start, said) => {
      const count = (tablesAt(start.value, path) ?? []).length
      const added = putItem(start, path, count, said)
      expect(locateItem(added, path, count)._tag).toBe("Some")
      expect(putItem(added, path, count, said)).toBe(added)
      const removed = removeItem(added, path, count)
      expect(removed.value).toEqual(start.value)
      // Inside a value, the blanks of a last comma may be others.
      const shown = start.text.startsWith("directories =") ? (text: string) => text.replace(/\s/g, "") : String
      expect(shown(removed.text)).toBe(shown(start.text))
    })
  )
})

it("a table and its keys are located where they stand", () => {
  const { right: doc } = Toml.parse(
    '# a\n[[directories]]\npath = "x"\n\n[[directories]]\n  path = "y"\ntarget = "t"\n'
  ) as Either.Right<never, Toml.TomlDocument>
  const at = (index: number, name?: string) => {
    const place = locateItem(doc, path, index, name)
    return place._tag === "Some" ? `${place.value.line}:${place.value.column}` : null
  }
  expect([at(0), at(1), at(1, "path"), at(1, "target"), at(1, "none"), at(2)]).toEqual([
    "2:1",
    "5:1",
    "6:3",
    "7:1",
    "5:1",
    null
  ])
})

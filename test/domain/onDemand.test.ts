/** Schemas that are made on demand are those that they stand for. */
import { expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Equal from "effect/Equal"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import * as Pretty from "effect/Pretty"
import * as Schema from "effect/Schema"
import { Account, ServiceAccount } from "#src/domain/account/Account.ts"
import { onDemand, whole } from "#src/domain/internal/onDemand.ts"
import { Project, WorkspaceRef } from "#src/domain/session/Session.ts"

const fields = { name: Schema.String, count: Schema.optionalWith(Schema.Number, { default: () => 1 }) }

class Plain extends Schema.Class<Plain>("Thing")(fields) {
  readonly kind = "thing"
  get twice(): number {
    return this.count * 2
  }
}

let made = 0

class Thing extends onDemand(() => {
  made += 1
  return Schema.Class<Thing>("Thing")(fields)
}) {
  readonly kind = "thing"
  get twice(): number {
    return this.count * 2
  }
}

it("nothing is made before something is asked, and then once", () => {
  expect({} instanceof Thing).toBe(false)
  expect(made).toBe(0)
  expect(new Thing({ name: "a" }).twice).toBe(2)
  Schema.decodeUnknownSync(Thing)({ name: "b" })
  expect(made).toBe(1)
})

it("an instance of whole values makes no schema until it is printed, and is what its schema would make", () => {
  let asked = 0
  class Given extends onDemand(() => {
    asked += 1
    return Schema.Class<Given>("Given")(fields)
  }) {
    readonly kind = "given"
  }
  const values = { name: "a", count: 3 }
  const given = new Given(values, whole)
  expect(Equal.equals(given, new Given(values, whole))).toBe(true)
  expect(given).toBeInstanceOf(Given)
  expect(given.kind).toBe("given")
  expect(asked).toBe(0)
  expect(String(given)).toBe(String(new Given(values)))
  expect(asked).toBe(1)
  expect(Equal.equals(given, new Given(values))).toBe(true)
  expect(Schema.is(Given)(given)).toBe(true)
  expect(Schema.encodeSync(Given)(given)).toEqual(values)
})

it("a class answers as the one that is made at once", () => {
  const [thing, plain] = [new Thing({ name: "a", count: 3 }), new Plain({ name: "a", count: 3 })]
  expect(thing).toBeInstanceOf(Thing)
  expect(Schema.isSchema(Thing)).toBe(true)
  expect(Equal.equals(thing, Thing.make({ name: "a", count: 3 }))).toBe(true)
  expect(String(thing)).toBe(String(plain))
  expect(JSON.stringify(thing)).toBe(JSON.stringify(plain))
  expect(Thing.identifier).toBe(Plain.identifier)
  expect(Object.keys(Thing.fields)).toEqual(Object.keys(Plain.fields))
  expect(String(Thing)).toBe(String(Plain))
  expect(JSONSchema.make(Thing)).toEqual(JSONSchema.make(Plain))
  expect(Pretty.make(Thing)(thing)).toBe(Pretty.make(Plain)(plain))
  expect(Schema.encodeSync(Thing)(thing)).toEqual(Schema.encodeSync(Plain)(plain))
  expect(Schema.decodeUnknownSync(Thing)({ name: "a", count: 3 })).toEqual(thing)
  expect(() => Reflect.construct(Thing, [{ name: 1 }])).toThrow(/^No Thing can be made of this: name must be string\.$/)
  expect(Schema.is(Thing)(plain)).toBe(Schema.is(Plain)(thing))
})

it("a class that extends it keeps its fields", () => {
  class Wider extends Thing.extend<Wider>("Wider")({ more: Schema.String }) {}
  expect(new Wider({ name: "a", more: "b" })).toMatchObject({ name: "a", count: 1, more: "b", kind: "thing" })
})

const isKept = <A, I>(schema: Schema.Schema<A, I>): void => {
  const type = Schema.typeSchema(schema)
  const [same, decode] = [Schema.equivalence(type), Schema.decodeUnknownSync(type)]
  FastCheck.assert(
    FastCheck.property(Arbitrary.make(type), (value) => same(decode(value), value)),
    { numRuns: 20 }
  )
}

it("what Arbitrary makes of the library's schemas is what they take", () => {
  isKept(ServiceAccount)
  isKept(Account)
  isKept(Project)
  isKept(WorkspaceRef)
})

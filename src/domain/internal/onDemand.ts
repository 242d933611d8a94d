/**
 * A schema that is made when something first asks for it: a `Schema.Class` costs 2 million instructions, and most programs
 * use few of those that they import. A class extends it as it would extend the schema itself.
 */
import type * as Schema from "effect/Schema"
import { lazy } from "./lazy.ts"

export const onDemand = <S extends Schema.Schema.All>(make: () => S): S => {
  function Base() {}
  const made = lazy(() => {
    const schema: object = make()
    const prototype: object = Reflect.get(schema, "prototype")
    Object.setPrototypeOf(Base.prototype, prototype)
    return { schema, makeInstance: prototype.constructor }
  })
  const standIn = new Proxy<object>(Base, {
    construct: (_, values, extending) => Reflect.construct(made().makeInstance, values, extending),
    // What defines a class and what tells its instances need no schema.
    get: (_, key, receiver) =>
      key === "prototype" || key === Symbol.hasInstance
        ? Reflect.get(Base, key)
        : Reflect.get(made().schema, key, receiver),
    has: (_, key) => key in made().schema
  })
  // It answers whatever the schema answers.
  return standIn as S
}

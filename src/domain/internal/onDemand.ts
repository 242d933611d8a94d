/**
 * A schema that is made when something first asks for it: a `Schema.Class` costs 2 million instructions, and most programs
 * use few of those that they import. A class extends it as it would extend the schema itself.
 */
import * as Data from "effect/Data"
import type * as Schema from "effect/Schema"
import { lazy } from "./lazy.ts"

/** Given to a constructor with values that are checked, and all of them: an instance is made without the schema. */
export const whole = { disableValidation: true }

export const onDemand = <S extends Schema.Schema.All>(make: () => S): S => {
  function Base() {}
  const made = lazy(() => {
    const schema: object = make()
    const prototype: object = Reflect.get(schema, "prototype")
    Object.setPrototypeOf(Base.prototype, prototype)
    return { schema, makeInstance: prototype.constructor }
  })
  // Until the schema is made, instances compare and print as they do afterwards.
  const unmade = Object.create(Data.Class.prototype, {
    toString: {
      value(this: object) {
        made()
        return String(this)
      }
    }
  })
  Object.setPrototypeOf(Base.prototype, unmade)
  const standIn = new Proxy<object>(Base, {
    construct: (_, values: ReadonlyArray<unknown>, extending) =>
      values[1] === whole
        ? Reflect.construct(Data.Class, [values[0]], extending)
        : Reflect.construct(made().makeInstance, values, extending),
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

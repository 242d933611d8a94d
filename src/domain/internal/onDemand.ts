/**
 * A schema that is made when something first asks for it: a `Schema.Class` costs 2 million instructions, and most programs
 * use few of those that they import. A class extends it as it would extend the schema itself.
 */
import * as Data from "effect/Data"
import * as Hash from "effect/Hash"
import { NodeInspectSymbol } from "effect/Inspectable"
import * as ParseResult from "effect/ParseResult"
import type * as Schema from "effect/Schema"
import { InvalidArgument } from "../errors.ts"
import { fieldIssues, describeIssues } from "./decode.ts"
import { lazy } from "./lazy.ts"

/** Given to a constructor with values that are checked, and all of them: an instance is made without the schema. */
export const whole = { disableValidation: true }

export const onDemand = <S extends Schema.Schema.All>(make: () => S): S => {
  function Base() {}
  // The usual one writes its result into the instance, where encoders that know all keys would refuse it.
  Object.defineProperty(Base.prototype, Hash.symbol, {
    value(this: object) {
      return Hash.structure(this)
    }
  })
  // Bundlers rename classes.
  Object.defineProperty(Base.prototype, NodeInspectSymbol, {
    value(this: object, depth: number | null, options: object, inspect: (value: object, options: object) => string) {
      const name = nameOf(made().schema)
      return depth !== null && depth < 0 ? `[${name}]` : `${name} ${inspect({ ...this }, { ...options, depth })}`
    }
  })
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
        ? Object.assign(Object.create(extending.prototype), values[0])
        : refusing(made().schema, () => Reflect.construct(made().makeInstance, values, extending)),
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

/** A schema quotes the values that it refuses, and one may be a secret: a constructor names the fields, and what they must be. */
const refusing = (schema: object, make: () => object): object => {
  try {
    return make()
  } catch (error) {
    if (!ParseResult.isParseError(error)) throw error
    const issues = fieldIssues(error)
    throw new InvalidArgument({
      message: `No ${nameOf(schema)} can be made of this: ${describeIssues(issues)}.`,
      hints: [],
      details: { issues }
    })
  }
}

const nameOf = (schema: object): string => String(Reflect.get(schema, "identifier"))

import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"

/**
 * The class with another encoded side: `wire` says how that becomes the fields. What makes the one class the other is the
 * syntax tree that is put into it, which no type sees: hence the assertion.
 */
export const encodedAs = <Self, Fields extends Schema.Struct.Fields, I, C, Inherited, Proto, Wire>(
  own: Schema.Class<Self, Fields, I, never, C, Inherited, Proto>,
  wire: Schema.Schema<I, Wire>
): Schema.Class<Self, Fields, Wire, never, C, Inherited, Proto> => {
  const known = new WeakMap<object, SchemaAST.AST>()
  const ownAst = Object.getOwnPropertyDescriptor(own, "ast")?.get
  // The syntax tree of a class is that of whoever asks: a subclass makes instances of its own.
  return Object.defineProperty(own, "ast", {
    get(this: object) {
      const made = known.get(this) ?? Schema.compose(wire, Schema.make<Self, I>(ownAst?.call(this))).ast
      known.set(this, made)
      return made
    }
  }) as unknown as Schema.Class<Self, Fields, Wire, never, C, Inherited, Proto>
}

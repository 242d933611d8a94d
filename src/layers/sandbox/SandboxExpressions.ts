/**
 * The two expression parameters of a query, `on` and `where`, as far as the sandbox understands them: a
 * property, and comparisons of a property with a text, joined by `and`.
 */
import * as Either from "effect/Either"
import type { Cell } from "./SandboxEvents.ts"

const property = /^(?:properties\s*\[\s*(?:"([^"]+)"|'([^']+)')\s*\]|([A-Za-z_$][\w$ ]*))$/

/** The property that `on` names: `properties["country"]`, or its bare name. */
export const parseOn = (source: string): Either.Either<string, string> => {
  const found = property.exec(source.trim())
  const name = found?.[1] ?? found?.[2] ?? found?.[3]
  return name === undefined ? Either.left(`on: cannot parse expression: ${source}`) : Either.right(name)
}

const comparison = /^(.+?)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)')$/

const parseComparison = (source: string): Either.Either<(cell: Cell) => boolean, string> => {
  const found = comparison.exec(source.trim())
  const name = found === null ? undefined : Either.getOrUndefined(parseOn(found[1] ?? ""))
  if (found === null || name === undefined) return Either.left(`where: cannot parse expression: ${source}`)
  const value = found[3] ?? found[4] ?? ""
  return Either.right((cell) => (cell[name] === value) === (found[2] === "=="))
}

/** The filter that `where` means; the sandbox answers 400 rather than pretend to have understood more. */
export const parseWhere = (source: string | undefined): Either.Either<(cell: Cell) => boolean, string> => {
  if (source === undefined || source.trim() === "") return Either.right(() => true)
  return Either.map(
    Either.all(source.split(/\s+and\s+/i).map(parseComparison)),
    (tests) => (cell) => tests.every((test) => test(cell))
  )
}

/** The classes of errors that people meet, read off the sources: a new one is found by itself. */
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { join } from "node:path"

const sources = fileURLToPath(new URL("../../../src", import.meta.url))

/** Told are those that explain themselves, whichever of the three ways they are made in. */
const isTold = (declaration: string): boolean => {
  const head = declaration.slice(0, declaration.search(/\n(\{|\) \{\})|implements ErrorInfo \{|\{\}\n/) + 40)
  return /implements ErrorInfo|extends (loginError|errorClass)\(/.test(head)
}

const declarations = (): ReadonlyArray<string> =>
  readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => readFileSync(join(sources, path), "utf8").split("export class ").slice(1))
    .filter(isTold)

const nameOf = (declaration: string): string => /^\w+/.exec(declaration)?.[0] ?? ""

export const errorClasses = (): ReadonlyArray<string> => declarations().map(nameOf).sort()

/** The code that `mp` tells of a class. */
export const codeOf = (name: string): string | undefined => {
  const declaration = declarations().find((one) => nameOf(one) === name) ?? ""
  return /readonly code = "(\w+)"|(?:loginError|errorClass)\(\s*"\w+",\s*"(\w+)"/
    .exec(declaration)
    ?.slice(1)
    .find(Boolean)
}

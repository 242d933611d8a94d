/** The classes of errors that people meet, read off the sources: a new one is found by itself. */
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { join } from "node:path"

const sources = fileURLToPath(new URL("../../../src", import.meta.url))

const isTold = (declaration: string): boolean => {
  const head = declaration.slice(0, declaration.search(/\n(\{|\) \{\})|implements Explained \{/) + 40)
  return /implements Explained|extends loginError\(/.test(head)
}

export const errorClasses = (): ReadonlyArray<string> =>
  readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => readFileSync(join(sources, path), "utf8").split("export class ").slice(1))
    .filter(isTold)
    .map((declaration) => /^\w+/.exec(declaration)?.[0] ?? "")
    .sort()

import * as Either from "effect/Either"
import { parseJson } from "../internal/json.ts"

interface Naming {
  readonly key: string
  readonly value: string
}

export interface NamedProjects {
  readonly isNamed: boolean
  readonly other: string | null
}

const among = (namings: Iterable<Naming>, project: string): NamedProjects => {
  let isNamed = false
  for (const { key, value } of namings) {
    const kind = kindOf(key)
    if (kind === "other" || (kind === "project" && !isNumberLike(value))) continue
    if (value !== project) return { isNamed, other: key }
    isNamed = true
  }
  return { isNamed, other: null }
}

/** `project_id` in any spelling, with any prefix and brackets, says which; `project` may also be a word. */
const kindOf = (key: string): "id" | "project" | "other" => {
  const letters = key.toLowerCase().replaceAll(/[^a-z]/g, "")
  if (/projectids?$/.test(letters)) return "id"
  return /projects?$/.test(letters) ? "project" : "other"
}

/** Digits of any script: some servers take them for the usual ones. */
const isNumberLike = (value: string): boolean => /^[\s+-]*\p{Nd}[\p{Nd}_.,\s]*$/u.test(value)

/** The segment behind `projects`, which is an id whatever it looks like. */
export const inPath = (segments: ReadonlyArray<string>, project: string): NamedProjects =>
  among(
    segments.flatMap((segment, at) =>
      /^projects?$/i.test(segments[at - 1] ?? "") ? [{ key: "project_id", value: segment }] : []
    ),
    project
  )

/** In a query or a form; a semicolon divides parameters for some servers. */
export const inParameters = (text: string, project: string): NamedProjects =>
  among(
    [text, ...(text.includes(";") ? [text.replaceAll(";", "&")] : [])].flatMap((spelling) =>
      [...new URLSearchParams(spelling)].flatMap(([key, value]) => [{ key, value }, ...inValue(value)])
    ),
    project
  )

export const inJson = (json: string, project: string): NamedProjects => among(namingsOf(json), project)

const inValue = (value: string, depth = 0): ReadonlyArray<Naming> => {
  if (depth > 3) return [tooDeep]
  return /^\s*[[{"]/.test(value) && Either.isRight(parseJson(value)) ? [...namingsOf(value, depth + 1)] : []
}

/** Whoever packs JSON into JSON so often hides something. */
const tooDeep: Naming = { key: "project_id", value: "" }

interface Level {
  readonly isObject: boolean
  key: string
  readonly under: string
}

/**
 * Every value with its key, from the words of the text and not from its value: of a key that stands there twice, parsers keep
 * one, and not all the same. An `id` in an object that is a project counts as its id.
 */
function* namingsOf(json: string, depth = 0): Generator<Naming> {
  const levels: Array<Level> = [{ isObject: false, key: "", under: "" }]
  const top = (): Level => levels[levels.length - 1] ?? { isObject: false, key: "", under: "" }
  let string: string | undefined
  for (const [word] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    const level = top()
    if (word === ":") {
      level.key = string ?? ""
      string = undefined
      continue
    }
    if (string !== undefined) {
      yield* ofString(string, level, depth)
      string = undefined
    }
    if (word === "{" || word === "[") levels.push({ isObject: word === "{", key: level.key, under: level.key })
    else if (word === "}" || word === "]") levels.pop()
    else if (word.startsWith('"')) string = unquoted(word)
    else if (word !== "," && word !== "null") yield { key: nameOf(level), value: word }
  }
  if (string !== undefined) yield* ofString(string, top(), depth)
}

function* ofString(value: string, level: Level, depth: number): Generator<Naming> {
  yield { key: nameOf(level), value }
  yield* inValue(value, depth)
}

const nameOf = ({ isObject, key, under }: Level): string =>
  isObject && /^_?ids?$/i.test(key) && kindOf(under) !== "other" ? "project_id" : key

const unquoted = (word: string): string => {
  const parsed = parseJson(word)
  return Either.isRight(parsed) && typeof parsed.right === "string" ? parsed.right : word
}

// What Effect does when it is loaded and mp has no use for, and questions that it asks then, answered at build time: each
// costs a process that lives for milliseconds as much as reading its files. A release in other words fails the build.
import { readFile } from "node:fs/promises"

const ending = (file) =>
  new RegExp(`[\\\\/]effect[\\\\/]dist[\\\\/]esm[\\\\/]${file.replace("/", "[\\\\/]").replace(".", "\\.")}$`)

/**
 * Every schema is a class of its own with the same seven members, and the domain has hundreds: what they share goes
 * into one class that all of them extend.
 */
const schemaClass = `export function make(ast) {
  return class SchemaClass {
    [TypeId] = variance;
    static ast = ast;
    static annotations(annotations) {
      return make(mergeSchemaAnnotations(this.ast, annotations));
    }
    static pipe() {
      return pipeArguments(this, arguments);
    }
    static toString() {
      return String(ast);
    }
    static Type;
    static Encoded;
    static Context;
    static [TypeId] = variance;
  };
}`

const sharedSchemaClass = `let shared
const sharedClass = () => {
  shared ??= class {
    [TypeId] = variance
    static annotations(annotations) {
      return make(mergeSchemaAnnotations(this.ast, annotations))
    }
    static pipe() {
      return pipeArguments(this, arguments)
    }
    static toString() {
      return String(this.ast)
    }
    static [TypeId] = variance
  }
  return shared
}
export function make(ast) {
  const SchemaClass = class extends sharedClass() {}
  SchemaClass.ast = ast
  return SchemaClass
}`

const answers = [
  // Whether stdout is a terminal, for colours that mp never uses: asking opens the stream.
  ["internal/logger.js", 'typeof process.stdout === "object" && process.stdout !== null', "false"],
  // Whether a bundler inlined a function that marks stack traces: asking makes a stack trace of the whole bundle.
  [
    "Utils.js",
    'standard.effect_internal_function(() => new Error().stack)?.includes("effect_internal_function") === true',
    "true"
  ],
  ["Schema.js", schemaClass, sharedSchemaClass],
  // Where the clock of `performance` began: asking loads it, and the system's clock says it to the millisecond.
  ["internal/clock.js", 'typeof performance === "undefined" || typeof performance.now !== "function"', "true"]
]

/** Fibers count themselves; nobody reads the figures here. */
const silentMetrics = `
const silent = { unsafeUpdate: () => undefined }
export const counter = () => silent
export const histogram = () => silent
export const tagged = () => silent
`

const files = [...new Set(answers.map(([file]) => file))]

const answered = (path, file, text) =>
  answers
    .filter(([name]) => name === file)
    .reduce((changed, [, question, answer]) => {
      if (!changed.includes(question)) throw new Error(`${path} begins in words that are not known.`)
      return changed.replace(question, () => answer)
    }, text)

export const effectAtStart = {
  name: "effect-at-start",
  setup: (build) => {
    build.onLoad({ filter: ending("internal/metric.js") }, () => ({ contents: silentMetrics }))
    for (const file of files) {
      build.onLoad({ filter: ending(file) }, async ({ path }) => ({
        contents: answered(path, file, await readFile(path, "utf8")),
        loader: "js"
      }))
    }
  }
}

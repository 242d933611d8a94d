/**
 * What each mechanism of the command line saves: every one is taken out of a copy of the sources by an edit, the bundles are built
 * again, and the same commands run with it and without it. An edit that no longer fits its file is a row that failed.
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environment, root, withHome } from "./machine.mjs"
import { attempted } from "./pairs.mjs"
import { files, hasValgrind, instructions } from "./starts.mjs"

const frequent = ["account token", "account list"]
const others = ["target list", "doctor --offline"]
const all = [...frequent, ...others]

const load = "src/cli/start/load.ts"
const launcher = "src/cli/start/launcher.ts"
const onDemand = "src/domain/internal/onDemand.ts"
const build = "scripts/build.mjs"
const builtins = ["child_process", "crypto", "net", "os", "stream", "zlib"]

/** Each by what it is, the edits that take it out (file, what stands there once, what takes its place), and where it should be seen. */
export const mechanisms = [
  {
    name: "the fast path (all through the main program)",
    edits: [[launcher, 'taken.kind === "fast" && hasFastPath()', 'hasFastPath() && taken.kind === "version"']],
    words: frequent
  },
  {
    name: "help and version put in by the build",
    edits: [
      [launcher, 'if (taken.kind === "version") return', 'if (taken.kind === "main" && taken.page) return'],
      [launcher, 'taken.kind === "help" ? helpPage(taken.page) : undefined', "undefined"]
    ],
    words: ["--version", "--help"]
  },
  { name: "the code cache", env: { MP_CODE_CACHE: "off" }, edits: [], words: all },
  {
    name: "the code cache learns what other commands call",
    edits: [[load, "const isComplete =", "const isComplete = isUsed ||"]],
    before: ["account token", "account use ci"],
    words: all
  },
  {
    name: "the second copy of the code, by which damage is seen (it costs)",
    edits: [["src/cli/start/CodeCacheEntry.ts", " && isSaidAgain(guarded, read)", ""]],
    words: all
  },
  {
    name: "schemas made when they are asked for",
    edits: [[onDemand, "  // It answers whatever the schema answers.\n", "  queueMicrotask(made)\n"]],
    words: all
  },
  {
    name: "instances of checked values made without their schemas",
    edits: [[onDemand, "values[1] === whole", "values.length === 0"]],
    words: all
  },
  {
    name: "the two questions that Effect asks at load",
    edits: [[load, 'const hidden = [hide(process, "stdout"), hide(globalThis, "performance")]', "const hidden = []"]],
    words: all
  },
  {
    name: "no stacks recorded at load",
    edits: [[load, "  Error.stackTraceLimit = 0\n", ""]],
    words: all
  },
  {
    name: "modules of Node on demand",
    edits: [
      [
        "src/layers/node/builtins.ts",
        "export const builtins",
        `${builtins.map((name) => `import * as ${name} from "node:${name}"\n`).join("")}export const loaded = [${builtins}]\nexport const builtins`
      ]
    ],
    words: all
  },
  {
    name: "whether stdout is a terminal asked of `fstat`",
    edits: [["src/cli/app/isTerminal.ts", "mayBeTerminal(descriptor) &&", ""]],
    words: ["account list", "target list"]
  },
  {
    name: "bundles made short a second time",
    edits: [[build, '{ compress: { target: "node20" }, mangle: true }', "{ compress: false, mangle: false }"]],
    words: all
  },
  {
    name: "names made short",
    edits: [
      [build, "    minify: true,", "    minifySyntax: true, minifyWhitespace: true,"],
      [build, '{ compress: { target: "node20" }, mangle: true }', "{ compress: false, mangle: false }"]
    ],
    words: all
  },
  {
    name: "the plain part of TOML read by one expression",
    edits: [["src/domain/toml/TomlText.ts", "readPlain(text) ?? valueOf(text)", "valueOf(text)"]],
    words: frequent
  },
  {
    name: "a program that yields every 256 steps",
    edits: [["src/cli/app/oneShot.ts", "const stepsAtOnce = 256", "const stepsAtOnce = 2048"]],
    words: others
  },
  {
    name: "no tracer",
    edits: [["src/cli/app/oneShot.ts", "Effect.withTracerEnabled(false)", "Effect.withTracerEnabled(true)"]],
    words: all
  },
  {
    name: "a command that ends when it has said all",
    edits: [["src/cli/bin.ts", "process.exit(code)", "void (process.exitCode = code)"]],
    words: others
  }
]

/** What other threads do at the same time adds to some runs, and takes from none. */
const runs = 2

/** A copy of what the bundles are made of. */
const copied = () => {
  const directory = mkdtempSync(join(tmpdir(), "mp-mechanisms-"))
  for (const part of ["src", "scripts", "package.json", "tsconfig.json"])
    cpSync(join(root, part), join(directory, part), { recursive: true })
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"))
  return directory
}

const built = (directory) => {
  const { status, stderr } = spawnSync(process.execPath, [join(directory, build), "bundle"], { encoding: "utf8" })
  if (status !== 0) throw new Error(`it does not build: ${stderr.split("\n").find((line) => /rror/.test(line))}`)
}

/** The sources of a copy with some edits, for as long as something is done with them. */
const edited = async (directory, edits, use) => {
  const originals = new Map(edits.map(([file]) => [file, readFileSync(join(directory, file), "utf8")]))
  try {
    for (const [file, from, to] of edits) {
      const text = readFileSync(join(directory, file), "utf8")
      if (text.split(from).length !== 2) throw new Error(`${file} does not have, once: ${from.trim()}`)
      writeFileSync(
        join(directory, file),
        text.replace(from, () => to)
      )
    }
    built(directory)
    return await use()
  } finally {
    for (const [file, text] of originals) writeFileSync(join(directory, file), text)
  }
}

/** Million instructions of a warm command. */
const costs = (directory, { before = [], env = {}, words }) =>
  withHome(files, (home) => {
    const variables = { ...environment(home), ...env }
    const program = (line) => [process.execPath, join(directory, "dist/bin/mp.cjs"), ...line.split(" ")]
    for (const line of [...before, ...words]) spawnSync(program(line)[0], program(line).slice(1), { env: variables })
    const least = (line) => Math.min(...Array.from({ length: runs }, () => instructions(home, program(line), env)))
    return new Map(words.map((line) => [line, least(line)]))
  })

const rowOf = ({ name, words }, without, withIt) => {
  const saved = words.map((line) => without.get(line) - withIt.get(line))
  const note = words.map((line) => `\`${line}\` ${without.get(line).toFixed(0)}, ${withIt.get(line).toFixed(0)}`)
  return { goal: name, value: Math.max(...saved), unit: "M", must: null, aim: null, note: note.join("; ") }
}

export default async () => {
  const goal = "what the mechanisms save"
  if (!hasValgrind)
    return [
      { goal, value: null, unit: "M", must: null, aim: null, state: "not present", note: "valgrind is not installed" }
    ]
  const directory = copied()
  try {
    built(directory)
    const commands = [...new Set(mechanisms.flatMap(({ words }) => words))]
    const withAll = await costs(directory, { words: commands })
    const rows = []
    for (const one of mechanisms)
      rows.push(
        await attempted(one.name, [null, null], () =>
          edited(directory, one.edits, async () => rowOf(one, await costs(directory, one), withAll))
        )
      )
    return rows
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

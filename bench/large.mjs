/** Commands on large configurations: against small ones, and against a bare parse of the same file. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { accountsText, environment, mp, pairsOfProcesses, root, withHome, writeHome } from "./machine.mjs"
import { rowOf } from "./pairs.mjs"

const counts = [100, 1_000, 10_000]
const goalOf = (count, wanted, limits) => (count === wanted ? limits : [null, null])

/** Both sides name their file in a variable, so that all else is the same. */
const naming = (path, program) => ["env", `MP_CONFIG_PATH=${path}`, ...program]

export default () =>
  withHome({}, async (home) => {
    const env = environment(home)
    const node = process.execPath
    const pathOf = (count) => {
      writeHome(home, { [`${count}/config.toml`]: accountsText(count) })
      return join(home, `${count}/config.toml`)
    }
    const parser = join(root, "node_modules/smol-toml/dist/index.js")
    const parse = join(home, "parse.mjs")
    writeFileSync(
      parse,
      `import { readFileSync } from "node:fs"\nimport { parse } from ${JSON.stringify(parser)}\nparse(readFileSync(process.env.MP_CONFIG_PATH, "utf8"))\n`
    )
    const few = naming(pathOf(3), [node, mp, "account", "token"])
    const rows = []
    for (const count of counts) {
      const path = pathOf(count)
      const size = count.toLocaleString("en")
      const token = naming(path, [node, mp, "account", "token"])
      const list = naming(path, [node, mp, "account", "list"])
      const againstFew = await pairsOfProcesses({ subject: token, base: few, env })
      rows.push(rowOf(`\`account token\` with ${size} accounts / with 3`, goalOf(count, 100, [1.1, 1.03]), againstFew))
      const againstParse = await pairsOfProcesses({ subject: list, base: naming(path, [node, parse]), env })
      const goal = `\`account list\` of ${size} / a bare parse of the file in a fresh process`
      rows.push(rowOf(goal, goalOf(count, 10_000, [3, 2]), againstParse))
    }
    return rows
  })

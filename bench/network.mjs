/** Commands with one request to a server on the loopback interface; beside them, the bare request on the same Node. */
import { environment, mp, pairsOfProcesses, withHome } from "./machine.mjs"
import { attempted, rowOf } from "./pairs.mjs"
import { withServer } from "./server.mjs"
import { files, peakOf } from "./starts.mjs"

const commands = ["account test ci", "api /api/app/me", "inspect events"]
const bare = {
  "bare `fetch`": (url) => `fetch(${JSON.stringify(url)}).then((answer) => answer.text())`,
  "bare `http.get`": (url) => `require("node:http").get(${JSON.stringify(url)}, (answer) => answer.resume())`
}
const none = [null, null]

export default () =>
  withServer((origin) =>
    withHome(files, async (home) => {
      const addresses = { MP_API_BASE_URL: origin, MP_APP_BASE_URL: origin }
      const env = { ...environment(home), ...addresses }
      const node = process.execPath
      const rowFor = (what, limits, subject) => {
        const goal = `${what} / \`node -e 0\``
        const measure = async () =>
          rowOf(goal, limits, await pairsOfProcesses({ subject, base: [node, "-e", "0"], env }))
        return attempted(goal, limits, measure)
      }
      const rows = []
      for (const words of commands) rows.push(await rowFor(`\`${words}\``, [7, 5], [node, mp, ...words.split(" ")]))
      for (const [what, code] of Object.entries(bare)) {
        rows.push(await rowFor(what, none, [node, "-e", code(`${origin}/api/app/me`)]))
      }
      const value = Math.max(...commands.map((words) => peakOf(home, words, addresses)))
      const note = commands.map((words) => `\`${words}\``).join(", ")
      return [...rows, { goal: "peak memory, with network", value, unit: "MiB", must: 75, aim: null, note }]
    })
  )

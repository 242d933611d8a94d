/**
 * An HTTP server under load, 32 requests at once, while its tokens expire every second: the same server with this
 * library and with a constant bearer, in turn, against a strict authorization server. Four processes, one machine.
 * Run: npm run build && node bench/load.mjs
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { clientId, firstRefreshToken } from "./load/agreed.mjs"
import { drive } from "./load/drive.mjs"
import { percentiles } from "./load/percentiles.mjs"
import { start } from "./load/serve.mjs"
import { median } from "./median.mjs"

const connections = 32
const rounds = 5
const roundMillis = 2_000
const kinds = ["bare", "library"]

/** With an upstream that answers at once the processor is the limit; one that takes its time is what servers meet. */
const situations = [
  { name: "saturated", thinkMillis: 0 },
  { name: "upstream takes 50 ms", thinkMillis: 50 }
]

const config = `[active]
account = "me"

[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "3713224"
`

/** A login whose access token has expired long ago. */
const tokens = {
  access_token: "fake-access-expired",
  expires_at: "2020-01-01T00:00:00.000000+00:00",
  token_type: "Bearer",
  scope: "",
  refresh_token: firstRefreshToken,
  client_id: clientId
}

const put = (path, text) => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, text, { mode: 0o600 })
}

const makeHome = () => {
  const home = mkdtempSync(join(tmpdir(), "mp-load-"))
  put(join(home, ".mp", "config.toml"), config)
  put(join(home, ".mp", "accounts", "me", "tokens.json"), JSON.stringify(tokens))
  return home
}

/** Starts all servers for as long as `use` takes. */
const withServers = async (use) => {
  const home = makeHome()
  const started = []
  const launch = async (...args) => {
    const server = await start(...args)
    started.push(server)
    return server
  }
  try {
    const upstream = await launch("./upstream.mjs", [], { HOME: home })
    const env = { HOME: home, MP_API_BASE_URL: upstream.url }
    const bare = await launch("./server.mjs", ["bare", upstream.url], env)
    const library = await launch("./server.mjs", ["library", upstream.url], env)
    return await use({ upstream, bare, library })
  } finally {
    await Promise.all(started.map(({ stop }) => stop()))
    rmSync(home, { recursive: true, force: true })
  }
}

const cpuMillis = ({ system, user }) => (user + system) / 1000

/** One kind for one round: its load, and the processor time that its server took for a request. */
const runOnce = async (server, millis = roundMillis) => {
  const before = await server.ask("cpu")
  const load = await drive(server.url, { connections, millis })
  const cpu = cpuMillis(await server.ask("cpu")) - cpuMillis(before)
  const answered = load.latencies.length
  return { ...load, ...percentiles(load.latencies), cpuMillisEach: cpu / (answered + load.failures.length) }
}

/** Rounds of both kinds in turn; who begins changes. */
const runRounds = async (servers) => {
  const results = []
  for (let round = 0; round < rounds; round++) {
    const result = {}
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) result[kind] = await runOnce(servers[kind])
    results.push(result)
  }
  return results
}

/** A request that fails while the servers warm up has failed all the same. */
const pooled = (results, warmups, kind) => {
  const runs = results.map((result) => result[kind])
  const latencies = runs.flatMap((run) => run.latencies)
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0)
  return {
    kind,
    ...percentiles(latencies),
    requests: latencies.length,
    failures: [warmups[kind], ...runs].flatMap((run) => run.failures),
    perSecond: latencies.length / seconds,
    cpuMillisEach: median(runs.map((run) => run.cpuMillisEach)),
    seconds
  }
}

const difference = (after, before) =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - before[name]]))

const measureSituation = async (servers, { name, thinkMillis }) => {
  await servers.upstream.ask("think", thinkMillis)
  const warmups = { bare: await runOnce(servers.bare, 1_500), library: await runOnce(servers.library, 1_500) }
  const before = await servers.upstream.ask("figures")
  const results = await runRounds(servers)
  const figures = difference(await servers.upstream.ask("figures"), before)
  const ratio = (of) => median(results.map(({ bare, library }) => of(library) / of(bare)))
  return {
    name,
    bare: pooled(results, warmups, "bare"),
    library: pooled(results, warmups, "library"),
    figures,
    ratios: { p50: ratio(({ p50 }) => p50), p99: ratio(({ p99 }) => p99), cpu: ratio((run) => run.cpuMillisEach) }
  }
}

const millis = (value) => `${value.toFixed(1)} ms`
const against = (with_, without) => `${millis(with_)} with, ${millis(without)} without`

const situationRows = ({ bare, library, name, ratios }) => [
  row(`load, ${name}: p50 with the layer / without`, ratios.p50, "ratio", {
    note: `${against(library.p50, bare.p50)}; ${library.perSecond.toFixed(0)} and ${bare.perSecond.toFixed(0)} requests a second`
  }),
  row(`load, ${name}: p99 with the layer / without`, ratios.p99, "ratio", {
    note: `${against(library.p99, bare.p99)}; longest ${against(library.max, bare.max)}`
  }),
  row(`load, ${name}: processor time of a request, with / without`, ratios.cpu, "ratio", {
    note: `${library.cpuMillisEach.toFixed(2)} ms with, ${bare.cpuMillisEach.toFixed(2)} ms without`
  })
]

const row = (goal, value, unit, { aim = null, must = null, note } = {}) => ({
  goal,
  value,
  unit,
  must,
  aim,
  ...(note === undefined ? {} : { note })
})

const total = (situations_, of) => situations_.reduce((sum, situation) => sum + of(situation), 0)

const rowsOf = (measured, figures) => {
  const failed = total(measured, ({ library }) => library.failures.length)
  const requests = total(measured, ({ library }) => library.requests)
  const refreshes = total(measured, ({ figures }) => figures.refreshes)
  const seconds = total(measured, ({ library }) => library.seconds)
  return [
    row("load: failed requests", failed, "count", { must: 0, aim: 0, note: `of ${requests}, ${connections} at once` }),
    row("load: refresh tokens sent twice", figures.refreshTokenReuses, "count", {
      must: 0,
      aim: 0,
      note: `${refreshes} refreshes in ${seconds.toFixed(0)} s; ${figures.refusedBearers} bearers were refused`
    }),
    ...measured.flatMap(situationRows)
  ]
}

/** Without refreshes nothing was shown; without a faultless bare server the comparison means nothing. */
const checked = (measured) => {
  for (const { bare, figures, library, name } of measured) {
    const seldom = library.failures.length === 0 && figures.refreshes < library.seconds / 2
    if (seldom) throw new Error(`${name}: only ${figures.refreshes} refreshes`)
    if (bare.failures.length > 0) throw new Error(`${name}: the bare server failed: ${bare.failures[0]}`)
  }
  return measured
}

/** Measures everything, in about 50 s. */
export const measureLoad = () =>
  withServers(async (servers) => {
    const measured = []
    for (const situation of situations) measured.push(await measureSituation(servers, situation))
    const figures = await servers.upstream.ask("figures")
    return { rows: rowsOf(checked(measured), figures), details: { situations: measured, figures } }
  })

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { details, rows } = await measureLoad()
  console.table(rows.map(({ value, ...rest }) => ({ ...rest, value: Number(value.toFixed(2)) })))
  console.log(JSON.stringify(details, null, 2))
  process.exitCode = rows.every(({ must, value }) => must === null || value <= must) ? 0 : 1
}

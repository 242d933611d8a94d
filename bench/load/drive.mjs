/** Connections that stay open, each asking again as soon as it was answered. */
import { performance } from "node:perf_hooks"
import { Pool } from "undici"

/** The whole answer is checked: one that belongs to another request is a failure too. */
const request = async (pool, path) => {
  const { body, statusCode } = await pool.request({ method: "GET", path })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${statusCode}: ${text}`)
  if (JSON.parse(text).path !== path) throw new Error(`the answer belongs to another request: ${text}`)
}

let sent = 0

/** Drives a server for some time; every latency in milliseconds, and why requests failed. */
export const drive = async (url, { connections, millis }) => {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const latencies = []
  const failures = []
  const start = performance.now()
  const end = start + millis
  const connection = async () => {
    while (performance.now() < end) {
      const before = performance.now()
      try {
        await request(pool, `/api/app/me?request=${sent++}`)
        latencies.push(performance.now() - before)
      } catch (error) {
        failures.push(String(error))
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  const seconds = (performance.now() - start) / 1000
  await pool.close()
  return { latencies, failures, seconds }
}

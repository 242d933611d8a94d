/** The table of API families in docs/api.md says what the code does. */
import { readFileSync } from "node:fs"
import { AuthMethod, Endpoints, regions } from "effect-mixpanel"
import { expect, it } from "vitest"

const page = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8")

const words = {
  service_account: "service account",
  project_secret: "project secret",
  project_token: "project token",
  oauth_token: "OAuth token"
}

const rows = new Map(
  [...page.matchAll(/^\| `(\w+)` \| (.+) \| (.+) \| (.+) \| (.+) \| .+ \|$/gm)].map(
    ([, family = "", hosts = "", base = "", requests = "", accepts = ""]) => [
      family,
      { hosts, base, requests, accepts }
    ]
  )
)

const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text)

/** A cell that says `as FAMILY` says what the cell there does. */
const hostsOf = (cell: string): ReadonlyArray<string> => {
  const other = /^as `(\w+)`$/.exec(cell)?.[1]
  return other === undefined ? quoted(cell) : hostsOf(rows.get(other)?.hosts ?? "")
}

it.each(Endpoints.apiFamilies.filter((family) => family !== "oauth"))("%s", (family) => {
  const row = rows.get(family)
  expect(row).toBeDefined()
  const [base = ""] = quoted(row?.base ?? "")
  expect(hostsOf(row?.hosts ?? "").map((host) => `https://${host}${base}`)).toEqual(
    regions.map((region) => Endpoints.baseUrl(family, region, Endpoints.noOverrides))
  )
  expect(row?.accepts).toBe(AuthMethod.accepted[family].map((kind) => words[kind]).join(", "))
  for (const endpoint of quoted(row?.requests ?? "").filter((text) => !text.endsWith("…"))) {
    expect(`${endpoint}: ${String(Endpoints.familyOfPath(base + endpoint))}`).toContain(`"${family}"`)
    expect(base).not.toContain(endpoint)
  }
})

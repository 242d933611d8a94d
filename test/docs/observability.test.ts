/** docs/observability.md names what the sources name, and nothing else. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { apiFamilies } from "#src/domain/api/Endpoints.ts"
import { root } from "../package/support/project.ts"

const page = readFileSync(join(root, "docs/observability.md"), "utf8")
const sources = ["domain", "services", "layers"].flatMap((room) =>
  readdirSync(join(root, "src", room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(root, "src", room, name), "utf8"))
)

const found = (pattern: RegExp, texts: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = ""]) => name)))
]

/** `mixpanel.…`, and the names of OpenTelemetry that are written in the same way. */
const dotted = "(?:mixpanel|http|url|server|error)\\.[a-z_.]+"

describe("docs/observability.md", () => {
  it("names every metric and attribute, and no other", () => {
    const own = found(new RegExp(`"(${dotted})"`, "g"), sources).filter((name) => !name.startsWith("mixpanel.com"))
    const told = found(new RegExp(`\`(${dotted})\``, "g"), [page])
    expect(own.length).toBeGreaterThan(12)
    expect([...told].toSorted()).toEqual([...own].toSorted())
  })

  it("names every label, outcome and family", () => {
    const metrics = readFileSync(join(root, "src/services/platform/metrics.ts"), "utf8")
    const [, outcomes = ""] = /type RefreshOutcome = (.*)/.exec(metrics) ?? []
    const quoted = found(/"(\w+)"/g, [outcomes])
    expect(quoted).toHaveLength(3)
    for (const name of [...quoted, ...apiFamilies, "family", "status_class", "outcome", "unit"]) {
      expect(page).toContain(`\`${name}\``)
    }
  })

  it("queries metrics that there are, with their units", () => {
    const names = found(/\b(mixpanel_[a-z_]+?)(?:_total|_seconds_bucket)\b/g, [page])
    const metrics = found(/^\| `(mixpanel\.[a-z_.]+)` \| (?:counter|histogram)/gm, [page])
    expect(names.toSorted()).toEqual(metrics.map((name) => name.replaceAll(".", "_")).toSorted())
  })

  it("names spans that there are", () => {
    const own = found(/"((?:OAuthFlow|Discovery|SessionResolver|Accounts|MixpanelHttpClient)\.\w+)"/g, sources)
    const told = found(/`((?:OAuthFlow|Discovery|SessionResolver|Accounts|MixpanelHttpClient)\.\w+)`/g, [page])
    expect(told.filter((name) => !own.includes(name))).toEqual([])
    expect(own.filter((name) => name.startsWith("OAuthFlow.") && !told.includes(name))).toEqual([])
  })
})

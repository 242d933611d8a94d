/**
 * A report that is safe to paste in public. It is built from the catalogue's own words; of what the user
 * has named, nothing but placeholders and the well-known part of a path goes in.
 */
import { catalogue } from "./catalogue.ts"
import { type Finding, isFixable, type Subject } from "./Finding.ts"
import { knownVariables } from "./variables.ts"

export interface ReportedSystem {
  readonly version: string
  readonly node: string
  readonly platform: string
  readonly home: string
}

/** The text of the report. */
export const report = (findings: ReadonlyArray<Finding>, system: ReportedSystem): string => {
  const name = placeholders()
  const lines = findings.flatMap((found) => {
    const { advice, means, remedy } = catalogue[found.id]
    return [
      `[${found.severity}] ${found.id}: ${publicSubject(found.subject, system.home, name)}`,
      `  ${means}`,
      ...(remedy === null ? [] : [`  fix: ${remedy}${isFixable(found) ? " (or mp doctor --fix)" : ""}`]),
      ...(advice === null ? [] : [`  ${advice}`])
    ]
  })
  return [
    "mp doctor --report",
    `mp ${system.version}, node ${system.node}, ${system.platform}`,
    ...(lines.length === 0 ? ["no findings"] : lines),
    ""
  ].join("\n")
}

type Placeholder = (kind: string, value: string) => string

/** The same value gets the same placeholder throughout a report. */
const placeholders = (): Placeholder => {
  const known = new Map<string, ReadonlyArray<string>>()
  return (kind, value) => {
    const before = known.get(kind) ?? []
    const values = before.includes(value) ? before : [...before, value]
    known.set(kind, values)
    return `${kind}-${values.indexOf(value) + 1}`
  }
}

const publicSubject = (subject: Subject, home: string, name: Placeholder): string => {
  switch (subject.kind) {
    case "file":
      return publicPath(subject.path, home, name)
    case "host":
      return /^([a-z-]+\.)?mixpanel\.com$/.test(subject.host) ? subject.host : name("host", subject.host)
    case "variable":
      return subject.name
        .split(", ")
        .map((variable) => (knownVariables.some((known) => known === variable) ? variable : name("variable", variable)))
        .join(", ")
    case "account":
    case "target":
      return name(subject.kind, subject.name)
  }
}

const wellKnown: ReadonlySet<string> = new Set([
  ".mp",
  "config.toml",
  "accounts",
  "oauth",
  "bridges",
  "tokens.json",
  "me.json",
  "last-test.json",
  "dead-refresh-token",
  "client_us.json",
  "client_eu.json",
  "client_in.json",
  ".claude",
  "mixpanel",
  "auth.json",
  "mixpanel_auth.json"
])

const publicPath = (path: string, home: string, name: Placeholder): string => {
  if (!path.startsWith(`${home}/`)) return name("file", path)
  const parts = path.slice(home.length + 1).split("/")
  const shown = parts.map((part, index) => {
    if (wellKnown.has(part)) return part
    if (parts[index - 1] === "accounts") return name("account", part)
    if (part.endsWith(".tmp")) return "LEFTOVER"
    return part.includes(".lock") ? "LOCK" : name("file", part)
  })
  return ["~", ...shown].join("/")
}

/** A home full of hostile text: names of targets and accounts, projects, workspaces, people. */
import { hostile } from "./hostileText.ts"

export const toml = (text: string): string =>
  `"${Array.from(text, (character) => (/[\w ]/.test(character) ? character : escaped(character))).join("")}"`

const escaped = (character: string): string => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`

export const all = hostile.join("")

const targets = hostile.map((name) => `[targets.${toml(name)}]\naccount = "team"\nproject = "11"\n`).join("\n")

export const config = `# ${all.replace(/[\u0000-\u001f\u007f]|\p{Cs}/gu, "")}
[accounts.team]
type = "service_account"
region = "us"
default_project = "11"
username = ${toml(`u${all.replaceAll(":", "")}`)}
secret = "s"

[accounts.${toml(`bad${all}`)}]
type = ${toml(all)}

[active]
account = "team"

${targets}
[settings.custom_header]
name = "X-Cluster"
value = "v"
`

const projects = Object.fromEntries(
  hostile.map((name, index) => [
    String(11 + index),
    { name, organization_id: 9, domain: "d", type: "t", timezone: name }
  ])
)

export const me = JSON.stringify({
  user_id: 1,
  user_email: `jo@example.com${all}`,
  user_name: all,
  organizations: { "9": { id: 9, name: all } },
  projects,
  workspaces: { "5": { id: 5, name: all, project_id: 11, is_default: true } }
})

export const files = { "~/.mp/config.toml": config, "~/.mp/accounts/team/me.json": me }

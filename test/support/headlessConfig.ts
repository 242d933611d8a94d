/** mixpanel_headless's rules for `config.toml`, written down a second time from what was measured of its reader. */

type Table = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)

const keysOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  service_account: ["username", "secret"],
  oauth_browser: [],
  oauth_token: ["token", "token_env"]
}

const accountProblems = (name: string, block: unknown): ReadonlyArray<string> => {
  if (!isTable(block)) return [`${name}: no table`]
  const own = keysOf[String(block["type"])]
  if (own === undefined) return [`${name}.type`]
  const { default_project: project, region, secret, token, token_env: variable, username } = block
  const needed =
    block["type"] === "service_account"
      ? // An empty secret is taken.
        typeof username === "string" && username !== "" && typeof secret === "string"
      : block["type"] === "oauth_browser" || (token === undefined) !== (variable === undefined)
  return [
    ...Object.keys(block)
      .filter((key) => !["type", "region", "default_project", ...own].includes(key))
      .map((key) => `${name}.${key} is unknown`),
    ...(/^[A-Za-z0-9_-]{1,64}$/.test(name) ? [] : [`${name}: name`]),
    ...(["us", "eu", "in"].includes(String(region)) ? [] : [`${name}.region`]),
    ...(project === undefined || (typeof project === "string" && /^[0-9]+$/.test(project)) ? [] : [`${name}.project`]),
    ...(needed ? [] : [`${name}: credentials`])
  ]
}

/** What its reader would refuse in a configuration; nothing, for one that it takes. `[settings]` may hold anything. */
export const configProblems = (config: unknown): ReadonlyArray<string> => {
  if (!isTable(config)) return ["no table"]
  const { accounts = {}, active = {}, settings = {} } = config
  return [
    ...(isTable(accounts)
      ? Object.entries(accounts).flatMap(([name, block]) => accountProblems(name, block))
      : ["accounts"]),
    ...(isTable(active) && Object.keys(active).every((key) => key === "account" || key === "workspace")
      ? []
      : ["active"]),
    ...(isTable(settings) ? [] : ["settings"])
  ]
}

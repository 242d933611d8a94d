/** mixpanel_headless's rules for a bridge, written down a second time from what was measured of its reader. */

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const top = ["version", "account", "tokens", "project", "workspace", "headers"]

const accountKeys: Readonly<Record<string, ReadonlyArray<string>>> = {
  service_account: ["username", "secret"],
  oauth_browser: [],
  oauth_token: ["token", "token_env"]
}

const text = (value: unknown): boolean => typeof value === "string" && value !== ""

const accountProblems = (account: unknown): ReadonlyArray<string> => {
  if (!isObject(account)) return ["account"]
  const own = accountKeys[String(account["type"])]
  if (own === undefined) return ["account.type"]
  const known = ["type", "name", "region", "default_project", ...own]
  const given = own.filter((key) => text(account[key]))
  return [
    ...Object.keys(account).filter((key) => !known.includes(key)),
    ...(/^[A-Za-z0-9_-]{1,64}$/.test(String(account["name"])) ? [] : ["account.name"]),
    ...(["us", "eu", "in"].includes(String(account["region"])) ? [] : ["account.region"]),
    ...(account["default_project"] === undefined || digits(account["default_project"]) ? [] : ["default_project"]),
    ...(given.length === (account["type"] === "oauth_token" ? 1 : own.length) ? [] : ["account credentials"])
  ]
}

const digits = (value: unknown): boolean => typeof value === "string" && /^[0-9]+$/.test(value)

/** Further keys are ignored; a time has a zone. */
const tokensProblems = (tokens: unknown): ReadonlyArray<string> => {
  if (!isObject(tokens)) return ["tokens"]
  const { access_token, expires_at, refresh_token, scope, token_type } = tokens
  const timed = typeof expires_at === "string" && /([Zz]|[+-]\d\d:\d\d)$/.test(expires_at)
  return [
    ...(text(access_token) ? [] : ["access_token"]),
    ...(text(token_type) ? [] : ["token_type"]),
    ...(typeof scope === "string" ? [] : ["scope"]),
    ...(timed && Number.isFinite(Date.parse(String(expires_at))) ? [] : ["expires_at"]),
    ...(refresh_token === undefined || text(refresh_token) ? [] : ["refresh_token"])
  ]
}

/** What its reader would refuse in a bridge; nothing, for one that it takes. */
export const problemsOf = (bridge: unknown): ReadonlyArray<string> => {
  if (!isObject(bridge)) return ["not an object"]
  const { account, headers, project, tokens, version, workspace } = bridge
  const needsTokens = isObject(account) && account["type"] === "oauth_browser"
  return [
    ...Object.keys(bridge).filter((key) => !top.includes(key)),
    ...(version === undefined || version === 2 ? [] : ["version"]),
    ...accountProblems(account),
    ...(tokens === undefined && !needsTokens ? [] : tokensProblems(tokens)),
    ...(project === undefined || digits(project) ? [] : ["project"]),
    ...(workspace === undefined || (Number.isInteger(Number(workspace)) && Number(workspace) > 0) ? [] : ["workspace"]),
    ...(isObject(headers) && Object.values(headers).every((value) => typeof value === "string") ? [] : ["headers"])
  ]
}

/** Whether a text is laid out as its writer does it: two spaces, sorted keys, no nulls. */
export const isItsLayout = (written: string): boolean =>
  written === JSON.stringify(sorted(JSON.parse(written)), null, 2) && !/: null/.test(written)

const sorted = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(
        Object.keys(value)
          .toSorted()
          .map((key) => [key, sorted(value[key])])
      )
    : value

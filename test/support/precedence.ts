/**
 * The contract's table of sources as a model of its own: what each source says in a world, in the order of
 * the table. It shares no code with the resolver; every source has a value that no other has.
 */

/** What is asked for by hand (or by `MP_ACCOUNT`, `MP_TARGET`): a target, or any of the three axes. */
export interface Asked {
  readonly account?: AccountKey
  readonly project?: "12" | "15"
  readonly workspace?: 22
  readonly target?: TargetKey
}

/** What a bridge says besides its account. */
export interface BridgeForm {
  readonly ownDefault: boolean
  readonly project: boolean
  readonly workspace: boolean
}

/** A rule for the working directory or one above it: what it says, and where. */
export interface RuleForm {
  readonly at: "~/work" | "~/work/" | "~" | "/"
  readonly says:
    | { readonly target: TargetKey }
    | { readonly account: AccountKey; readonly project: boolean }
    | "project"
    | "nothing"
    | "twice"
}

/** A combination of sources. */
export interface Sources {
  readonly MP_USERNAME: boolean
  readonly MP_SECRET: boolean
  readonly MP_OAUTH_TOKEN: boolean
  readonly MP_REGION: boolean
  readonly MP_PROJECT_ID: boolean
  readonly MP_WORKSPACE_ID: boolean
  readonly asked: Asked
  /** The bridge that the user chose, at `~/.claude/mixpanel/auth.json`. */
  readonly bridge: null | BridgeForm
  /** The one that lies in the working directory. */
  readonly here: null | BridgeForm
  readonly rule: null | RuleForm
  /** `[active]` names `main`. */
  readonly active: boolean
  readonly pinned: boolean
  /** `main` has a default project. */
  readonly mainDefault: boolean
}

/** `ghost` is not configured. */
type AccountKey = "main" | "other" | "ghost"
type TargetKey = "full" | "same" | "away" | "ghost"

export const configPath = "/home/test/.mp/config.toml"
export const bridgePath = "/home/test/.claude/mixpanel/auth.json"
export const herePath = "/home/test/work/mixpanel_auth.json"

interface TargetRow {
  readonly account: AccountKey
  readonly project: string
  readonly workspace: string | null
}

const targets: Readonly<Record<Exclude<TargetKey, "ghost">, TargetRow>> = {
  full: { account: "main", project: "13", workspace: "23" },
  same: { account: "main", project: "15", workspace: null },
  away: { account: "other", project: "16", workspace: null }
}

const variables = {
  MP_USERNAME: "env-user",
  MP_SECRET: "env-secret-value",
  MP_OAUTH_TOKEN: "env-bearer-value",
  MP_REGION: "eu",
  MP_PROJECT_ID: "11",
  MP_WORKSPACE_ID: "21"
} as const
type Variable = keyof typeof variables
const variableNames: ReadonlyArray<Variable> = [
  "MP_USERNAME",
  "MP_SECRET",
  "MP_OAUTH_TOKEN",
  "MP_REGION",
  "MP_PROJECT_ID",
  "MP_WORKSPACE_ID"
]

export const environmentOf = (sources: Sources): Record<string, string> =>
  Object.fromEntries(variableNames.filter((name) => sources[name]).map((name) => [name, variables[name]]))

const ruleLines = (path: string, ...says: ReadonlyArray<string>): Array<string> => [
  "[[directories]]",
  `path = "${path}"`,
  ...says,
  ""
]

/** The rule among others that are for other places, or for the same place and less deep. */
const rulesOf = ({ rule }: Sources): ReadonlyArray<string> => {
  if (rule === null) return []
  const { at, says } = rule
  const own =
    says === "nothing"
      ? []
      : says === "twice"
        ? ['account = "main"']
        : says === "project"
          ? ['project = "19"']
          : "target" in says
            ? [`target = "${says.target}"`]
            : [`account = "${says.account}"`, ...(says.project ? ['project = "18"'] : [])]
  return [
    ...(at === "~/work" || at === "~/work/" ? ruleLines("~", 'account = "other"', 'project = "81"') : []),
    ...ruleLines("~/work/deeper", 'account = "other"', 'project = "82"'),
    ...ruleLines(at, ...own),
    ...ruleLines("~/workshop", 'account = "other"', 'project = "83"'),
    ...(says === "twice" ? ruleLines(`${at}/.`, 'account = "main"') : [])
  ]
}

/** Where the paths of the rules lead. */
export const rulePlaces: Readonly<Record<string, string>> = {
  "~/work": "/home/test/work",
  "~/work/": "/home/test/work",
  "~": "/home/test",
  "/": "/",
  "~/work/.": "/home/test/work",
  "~/work//.": "/home/test/work",
  "~/.": "/home/test",
  "//.": "/",
  "~/work/deeper": "/home/test/work/deeper",
  "~/workshop": "/home/test/workshop"
}

export const configTextOf = (sources: Sources): string => {
  const { active, mainDefault, pinned } = sources
  return [
    ...rulesOf(sources),
    "[accounts.main]",
    'type = "service_account"',
    'region = "us"',
    ...(mainDefault ? ['default_project = "15"'] : []),
    'username = "main-user"',
    'secret = "main-secret-value"',
    "",
    "[accounts.other]",
    'type = "oauth_token"',
    'region = "in"',
    'default_project = "16"',
    'token = "other-bearer-value"',
    "",
    ...(active || pinned ? ["[active]"] : []),
    ...(active ? ['account = "main"'] : []),
    ...(pinned ? ["workspace = 25"] : []),
    "",
    ...Object.entries(targets).flatMap(([name, { account, project, workspace }]) => [
      `[targets.${name}]`,
      `account = "${account}"`,
      `project = "${project}"`,
      ...(workspace === null ? [] : [`workspace = ${workspace}`]),
      ""
    ])
  ].join("\n")
}

const bridgeJson = (
  form: BridgeForm | null,
  says: { readonly name: string; readonly ownDefault: string; readonly project: string; readonly workspace: number }
): unknown =>
  form === null
    ? null
    : {
        version: 2,
        account: {
          name: says.name,
          type: "oauth_token",
          region: "us",
          token: says.name === "bridged" ? "bridge-bearer-value" : "planted-bearer-value",
          ...(form.ownDefault ? { default_project: says.ownDefault } : {})
        },
        headers: { [says.name === "bridged" ? "X-Bridge" : "X-Planted"]: "1" },
        ...(form.project ? { project: says.project } : {}),
        ...(form.workspace ? { workspace: says.workspace } : {})
      }

export const bridgeJsonOf = ({ bridge }: Sources): unknown =>
  bridgeJson(bridge, { name: "bridged", ownDefault: "17", project: "14", workspace: 24 })

export const hereJsonOf = ({ here }: Sources): unknown =>
  bridgeJson(here, { name: "planted", ownDefault: "67", project: "64", workspace: 74 })

/** The `Authorization` of each account. */
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`
export const authorizations: Readonly<Record<string, string>> = {
  "env-service-account": basic("env-user:env-secret-value"),
  "env-oauth-token": "Bearer env-bearer-value",
  main: basic("main-user:main-secret-value"),
  other: "Bearer other-bearer-value",
  bridged: "Bearer bridge-bearer-value",
  planted: "Bearer planted-bearer-value"
}

/** A line of `session --explain`, without the reason. */
export interface Row {
  readonly source: "environment" | "flag" | "target" | "bridge" | "directory" | "active" | "account"
  readonly origin: string
  readonly value: string
  readonly status: "used" | "shadowed" | "skipped"
}

type Line = Omit<Row, "status"> & { readonly counts: boolean }

/** Who asks by which name. */
export interface Origins {
  readonly account: string
  readonly project: string
  readonly workspace: string
}

export interface Expected {
  readonly account: ReadonlyArray<Row>
  readonly project: ReadonlyArray<Row>
  readonly workspace: ReadonlyArray<Row>
  /** What identity, project and workspace come to: a value, or the code of the error. */
  readonly identity: { readonly name: string } | { readonly code: string }
  readonly projectId: { readonly id: string } | { readonly code: string }
  readonly workspaceId: string | null
  /** The names of the headers that are sent. */
  readonly headers: ReadonlyArray<string>
  /** For each notice, words that it must hold. */
  readonly notices: ReadonlyArray<ReadonlyArray<string>>
}

const line = (source: Row["source"], origin: string, value: string | null | undefined, counts = true): Array<Line> =>
  value === null || value === undefined ? [] : [{ source, origin, value, counts }]

const decide = (lines: ReadonlyArray<Line>): ReadonlyArray<Row> => {
  const winner = lines.find(({ counts }) => counts)
  return lines.map(({ counts, ...rest }) => ({
    ...rest,
    status: counts ? (winner?.origin === rest.origin && winner.value === rest.value ? "used" : "shadowed") : "skipped"
  }))
}

const used = (rows: ReadonlyArray<Row>): Row | undefined => rows.find(({ status }) => status === "used")

/** A credential of the environment: its own variables and the two it shares make it whole. */
const credential = (sources: Sources, name: string, own: ReadonlyArray<Variable>): Array<Line> => {
  const all: ReadonlyArray<Variable> = [...own, "MP_PROJECT_ID", "MP_REGION"]
  const whole = all.every((variable) => sources[variable])
  const set = (whole ? all : own).filter((variable) => sources[variable])
  return own.some((variable) => sources[variable]) ? line("environment", set.join(", "), name, whole) : []
}

/** What the rule comes to: the account it goes with, and what it says of the axes; or why nobody can use it. */
const ruleRow = (rule: RuleForm | null) => {
  if (rule === null) return null
  const { at, says } = rule
  const lost = (code: string, value: string, origin: string) => ({
    code,
    origin,
    own: true,
    account: value,
    project: null,
    workspace: null
  })
  const anywhere = `[[directories]] in ${configPath}`
  const of = (key: string) => `[[directories]].${key} of ${at} in ${configPath}`
  if (says === "nothing" || says === "twice") return lost("CONFIG_ERROR", "(broken)", anywhere)
  const sound = { code: null, own: true, project: null, workspace: null }
  if (says === "project") return { ...sound, own: false, origin: of("project"), account: null, project: "19" }
  if ("account" in says)
    return { ...sound, origin: of("account"), account: says.account, project: says.project ? "18" : null }
  if (says.target === "ghost") return lost("TARGET_NOT_FOUND", "ghost", of("target"))
  return { ...sound, origin: of("target"), ...targets[says.target] }
}

const targetRow = ({ target }: Asked): TargetRow | undefined =>
  target === undefined || target === "ghost" ? undefined : targets[target]

/** What the contract says about a world. */
export const expected = (sources: Sources, origins: Origins): Expected => {
  const { active, asked, bridge, here, mainDefault, pinned } = sources
  const rule = ruleRow(sources.rule)
  const target = targetRow(asked)
  const fromTarget = (key: string) => `[targets.${asked.target ?? ""}].${key} in ${configPath}`
  const account = decide([
    ...credential(sources, "env-service-account", ["MP_USERNAME", "MP_SECRET"]),
    ...credential(sources, "env-oauth-token", ["MP_OAUTH_TOKEN"]),
    ...line("flag", origins.account, asked.account),
    ...line("target", fromTarget("account"), target?.account),
    ...line("bridge", `account in ${bridgePath}`, bridge === null ? null : "bridged"),
    ...line("directory", rule?.origin ?? "", rule?.account),
    ...line("active", `[active].account in ${configPath}`, active ? "main" : null),
    ...line("bridge", `account in ${herePath}`, here === null ? null : "planted")
  ])
  const lostRule = used(account)?.source === "directory" ? (rule?.code ?? null) : null
  const name = lostRule === null ? used(account)?.value : undefined
  const ruleCounts = used(account)?.source === (rule?.own === false ? "active" : "directory")
  const ownDefault: Readonly<Record<string, string | null>> = {
    main: mainDefault ? "15" : null,
    other: "16",
    bridged: bridge?.ownDefault === true ? "17" : null,
    planted: here?.ownDefault === true ? "67" : null
  }
  const fromFile: Readonly<Record<string, string>> = { bridged: bridgePath, planted: herePath }
  const ownFile = fromFile[name ?? ""]
  const project = decide([
    ...line("environment", "MP_PROJECT_ID", sources.MP_PROJECT_ID ? "11" : null),
    ...line("flag", origins.project, asked.project),
    ...line("target", fromTarget("project"), target?.project),
    ...line("bridge", `project in ${bridgePath}`, bridge?.project === true ? "14" : null, name === "bridged"),
    ...line("bridge", `project in ${herePath}`, here?.project === true ? "64" : null, name === "planted"),
    ...line("directory", rule?.origin ?? "", rule?.project, ruleCounts),
    ...line(
      "account",
      ownFile === undefined
        ? `[accounts.${name}].default_project in ${configPath}`
        : `account.default_project in ${ownFile}`,
      name === undefined ? null : ownDefault[name]
    )
  ])
  const id = used(project)?.value
  const pinCounts = active && mainDefault && name === "main" && id === "15"
  const workspace = decide([
    ...line("environment", "MP_WORKSPACE_ID", sources.MP_WORKSPACE_ID ? "21" : null),
    ...line("flag", origins.workspace, asked.workspace?.toString()),
    ...line("target", fromTarget("workspace"), target?.workspace),
    ...line("bridge", `workspace in ${bridgePath}`, bridge?.workspace === true ? "24" : null, name === "bridged"),
    ...line("bridge", `workspace in ${herePath}`, here?.workspace === true ? "74" : null, name === "planted"),
    ...line("directory", rule?.origin ?? "", rule?.workspace, ruleCounts),
    ...line("active", `[active].workspace in ${configPath}`, pinned ? "25" : null, pinCounts)
  ])
  const lost = asked.target === "ghost" ? { code: "TARGET_NOT_FOUND" } : undefined
  return {
    account,
    project,
    workspace,
    identity:
      lost ??
      (lostRule !== null
        ? { code: lostRule }
        : name === undefined
          ? { code: "NO_ACCOUNT" }
          : name === "ghost"
            ? { code: "ACCOUNT_NOT_FOUND" }
            : { name }),
    projectId: lost ?? (id === undefined ? { code: "NO_PROJECT" } : { id }),
    workspaceId: used(workspace)?.value ?? null,
    headers: name === "bridged" ? ["X-Bridge"] : name === "planted" ? ["X-Planted"] : [],
    notices: [
      ...(here === null || used(account) === undefined
        ? []
        : [name === "planted" ? ["Using", herePath] : [herePath, "not used", "MP_AUTH_FILE=./mixpanel_auth.json"]]),
      ...partial(account),
      ...[account, project, workspace].flatMap(overridden)
    ]
  }
}

/** A credential of the environment that is not whole is reported by its variables. */
const partial = (account: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<string>> =>
  account.flatMap(({ origin, status }) => (status === "skipped" ? [[origin, "not used"]] : []))

/** Where a variable overrides what was asked for, one line says so. */
const overridden = (rows: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<string>> => {
  const winner = used(rows)
  return winner?.source !== "environment"
    ? []
    : rows.flatMap(({ origin, source, value }) =>
        (source === "flag" || source === "target") && value !== winner.value
          ? [[winner.origin, "overrides", origin, value, winner.value]]
          : []
      )
}

/* Every combination */

const booleans = [false, true]

export const environments: ReadonlyArray<Pick<Sources, Variable>> = booleans.flatMap((MP_USERNAME) =>
  booleans.flatMap((MP_SECRET) =>
    booleans.flatMap((MP_OAUTH_TOKEN) =>
      booleans.flatMap((MP_REGION) =>
        booleans.flatMap((MP_PROJECT_ID) =>
          booleans.map((MP_WORKSPACE_ID) => ({
            MP_USERNAME,
            MP_SECRET,
            MP_OAUTH_TOKEN,
            MP_REGION,
            MP_PROJECT_ID,
            MP_WORKSPACE_ID
          }))
        )
      )
    )
  )
)

const optionally = <const K extends string, const V>(key: K, values: ReadonlyArray<V>) => [
  {},
  ...values.map((value) => ({ [key]: value }))
]

export const askedForms: ReadonlyArray<Asked> = [
  ...optionally("account", ["main", "other"] as const).flatMap((account) =>
    optionally("project", ["12", "15"] as const).flatMap((project) =>
      optionally("workspace", [22] as const).map((workspace) => ({ ...account, ...project, ...workspace }))
    )
  ),
  { account: "ghost" },
  { target: "full" },
  { target: "same" },
  { target: "away" },
  { target: "ghost" }
]

export const bridges: ReadonlyArray<BridgeForm | null> = [
  null,
  ...booleans.flatMap((ownDefault) =>
    booleans.flatMap((project) => booleans.map((workspace) => ({ ownDefault, project, workspace })))
  )
]

export const configurations: ReadonlyArray<Pick<Sources, "active" | "pinned" | "mainDefault">> = booleans.flatMap(
  (active) => booleans.flatMap((pinned) => booleans.map((mainDefault) => ({ active, pinned, mainDefault })))
)

const places = ["~/work", "~/work/", "~", "/"] as const

/** Eleven, which shares no divisor with the nine bridges: every rule meets every bridge. */
export const rules: ReadonlyArray<RuleForm | null> = [
  null,
  ...(
    [
      { target: "full" },
      { target: "away" },
      { account: "main", project: false },
      { account: "other", project: true },
      "project",
      { target: "ghost" },
      { account: "main", project: true },
      { account: "ghost", project: true },
      "nothing",
      "twice"
    ] as const
  ).map((says, index): RuleForm => ({ says, at: places[index % places.length] ?? "~" }))
]

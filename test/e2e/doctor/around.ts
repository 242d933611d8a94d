/** Faults of the variables and of the bridge. */
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { bridge, type Fault, tokens, write } from "./seeds.ts"

export const around: ReadonlyArray<Fault> = [
  { says: "malformed region", finds: ["variable-malformed"], fix: /^unset MP_REGION$/, env: { MP_REGION: "mars" } },
  {
    says: "malformed project",
    finds: ["variable-malformed"],
    fix: /^unset MP_PROJECT_ID$/,
    env: { MP_PROJECT_ID: "x1" },
    alone: true
  },
  {
    says: "malformed workspace",
    finds: ["variable-malformed"],
    fix: /^unset MP_WORKSPACE_ID$/,
    env: { MP_WORKSPACE_ID: "-1" },
    alone: true
  },
  {
    says: "partial quad",
    finds: ["credential-partial"],
    fix: /^unset MP_USERNAME MP_SECRET$/,
    env: { MP_USERNAME: "u", MP_SECRET: "env-secret" },
    alone: true
  },
  {
    says: "partial triple",
    finds: ["credential-partial"],
    fix: /^unset MP_OAUTH_TOKEN$/,
    env: { MP_OAUTH_TOKEN: "env-token", MP_REGION: "us" },
    alone: true
  },
  {
    says: "environment account",
    finds: ["account-shadowed"],
    fix: /^unset MP_OAUTH_TOKEN$/,
    env: { MP_OAUTH_TOKEN: "env-token", MP_REGION: "us", MP_PROJECT_ID: "77" },
    alone: true,
    healthy: true
  },
  {
    says: "project variable",
    finds: ["project-shadowed"],
    fix: /^unset MP_PROJECT_ID$/,
    env: { MP_PROJECT_ID: "99887766" },
    alone: true
  },
  {
    says: "workspace variable",
    finds: ["workspace-shadowed"],
    fix: /^unset MP_WORKSPACE_ID$/,
    env: { MP_WORKSPACE_ID: "99887755" },
    alone: true
  },
  {
    says: "MP_ACCOUNT and MP_TARGET",
    finds: ["account-and-target-set"],
    fix: /^unset MP_TARGET$/,
    env: { MP_ACCOUNT: "teamacct", MP_TARGET: "ecomtgt" }
  },
  {
    says: "MP_ACCOUNT of nobody",
    finds: ["name-unknown"],
    fix: /^unset MP_ACCOUNT$/,
    env: { MP_ACCOUNT: "nobodyacct" },
    alone: true
  },
  {
    says: "cleartext base",
    finds: ["address-unsafe"],
    fix: /^unset MP_API_BASE_URL$/,
    env: { MP_API_BASE_URL: "http://private.example.org" }
  },
  {
    says: "malformed base",
    finds: ["address-unsafe"],
    fix: /^unset MP_APP_BASE_URL$/,
    env: { MP_APP_BASE_URL: "nonsense" },
    alone: true
  },
  {
    says: "moved base",
    finds: ["address-moved"],
    fix: /^unset MP_APP_BASE_URL$/,
    env: { MP_APP_BASE_URL: "https://gateway.example.org" },
    healthy: true
  },
  {
    says: "unusable proxy",
    finds: ["proxy-unusable"],
    fix: /^unset HTTPS_PROXY$/,
    env: { HTTPS_PROXY: "socks5://user:proxypassword@private.example.org" }
  },
  {
    says: "missing certificates",
    finds: ["certificates-missing"],
    fix: /^unset NODE_EXTRA_CA_CERTS$/,
    env: { NODE_EXTRA_CA_CERTS: "/nowhere/private-ca.pem" }
  },
  {
    says: "bridge missing",
    finds: ["bridge-missing"],
    fix: /^unset MP_AUTH_FILE$/,
    env: { MP_AUTH_FILE: "/nowhere/private-bridge.json" },
    alone: true
  },
  {
    says: "bridge broken",
    finds: ["bridge-broken"],
    fix: /^mv (\S+auth\.json) \1\.aside$/,
    prepare: write(".claude/mixpanel/auth.json", "{}"),
    alone: true
  },
  {
    says: "bridge 0644",
    finds: ["bridge-not-private"],
    fix: /^chmod 600 /,
    mended: true,
    prepare: write(".claude/mixpanel/auth.json", bridge, 0o644)
  },
  {
    says: "bridge of the working directory, named and 0644",
    finds: ["bridge-here-not-private"],
    fix: /^unset MP_AUTH_FILE$/,
    env: { MP_AUTH_FILE: "mixpanel_auth.json" },
    alone: true,
    prepare: write("mixpanel_auth.json", bridge, 0o644)
  },
  {
    says: "bridge expired",
    finds: ["bridge-expired"],
    fix: /^mp account export-bridge /,
    alone: true,
    prepare: write(
      ".claude/mixpanel/auth.json",
      JSON.stringify({
        account: { name: "bridgeacct", type: "oauth_browser", region: "us" },
        tokens: JSON.parse(tokens({ expires_at: "2020-01-01T00:00:00Z", refresh_token: null }))
      })
    )
  },
  {
    says: "bridge in the working directory",
    finds: ["bridge-here"],
    fix: /^cd ~$/,
    healthy: true,
    alone: true,
    prepare: write("mixpanel_auth.json", bridge)
  },
  {
    says: "config named, and missing",
    finds: ["config-missing", "nothing-configured"],
    fix: /^unset MP_CONFIG_PATH$/,
    alone: true,
    env: { MP_CONFIG_PATH: "/nowhere/private-config.toml", MP_OAUTH_STORAGE_DIR: "/nowhere/storage" }
  },
  {
    says: "nothing configured",
    finds: ["nothing-configured"],
    fix: /^mp login$/,
    healthy: true,
    alone: true,
    config: () => "",
    prepare: (home) => rm(join(home, ".mp/accounts"), { recursive: true })
  }
]

/** The variables that the examination reads, besides those that accounts name. */
import { environmentVariables } from "../session/Environment.ts"
import { storeVariables } from "../storage/storeVariables.ts"

/** The variables of proxies; the lower-case forms come first, as everywhere. */
export const proxyVariables = [
  "https_proxy",
  "HTTPS_PROXY",
  "http_proxy",
  "HTTP_PROXY",
  "all_proxy",
  "ALL_PROXY"
] as const

export const knownVariables = [
  ...environmentVariables,
  ...proxyVariables,
  ...storeVariables,
  "MP_ACCOUNT",
  "MP_TARGET",
  "MP_CONFIG_PATH",
  "MP_STORAGE_DIR",
  "MP_OAUTH_STORAGE_DIR",
  "MP_AUTH_FILE",
  "NODE_EXTRA_CA_CERTS"
] as const

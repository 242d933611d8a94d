/** The whole command tree of `mp`. */
import { type Group, group } from "./CommandTree.ts"
import { account } from "./commands/account.ts"
import { api } from "./commands/api.ts"
import { cache } from "./commands/cache.ts"
import { completions } from "./commands/completions.ts"
import { config } from "./commands/config.ts"
import { doctor } from "./commands/doctor.ts"
import { env } from "./commands/env.ts"
import { exec } from "./commands/exec.ts"
import { login } from "./commands/login.ts"
import { project } from "./commands/project.ts"
import { inspect, query } from "./commands/query.ts"
import { session } from "./commands/session.ts"
import { target } from "./commands/target.ts"
import { workspace } from "./commands/workspace.ts"

export const tree: Group = group("mp", "accounts, sessions and authenticated requests for Mixpanel", [
  login,
  account,
  project,
  workspace,
  target,
  session,
  api,
  query,
  inspect,
  config,
  doctor,
  exec,
  env,
  cache,
  completions(() => tree.spec)
])

/** The whole command tree of `mp`. */
import { type Group, group } from "../app/declare.ts"
import { account } from "./account/account.ts"
import { api } from "./api/api.ts"
import { cache } from "./cache/warm.ts"
import { completions } from "./completions/completions.ts"
import { config } from "./config/config.ts"
import { doctor } from "./doctor/doctor.ts"
import { env } from "./env/env.ts"
import { exec } from "./exec/exec.ts"
import { login } from "./login/login.ts"
import { project } from "./project/project.ts"
import { inspect, query } from "./query/query.ts"
import { session } from "./session/sessionDeclaration.ts"
import { target } from "./target/target.ts"
import { workspace } from "./workspace/workspace.ts"

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

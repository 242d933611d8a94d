/** The whole command tree of `mp`. */
import { group } from "./CommandTree.ts"
import { account } from "./commands/account.ts"
import { api } from "./commands/api.ts"
import { config } from "./commands/config.ts"
import { project } from "./commands/project.ts"
import { inspect, query } from "./commands/query.ts"
import { session } from "./commands/session.ts"
import { target } from "./commands/target.ts"
import { workspace } from "./commands/workspace.ts"

export const tree = group("mp", "accounts, sessions and authenticated requests for Mixpanel", [
  account,
  project,
  workspace,
  target,
  session,
  api,
  query,
  inspect,
  config
])

/** `mp account`: who may call. */
import { group } from "../../app/declare.ts"
import { add } from "./add.ts"
import { exportBridge } from "./exportBridge.ts"
import { list } from "./list.ts"
import { login } from "./login.ts"
import { logout } from "./logout.ts"
import { remove } from "./remove.ts"
import { removeBridge } from "./removeBridge.ts"
import { show } from "./show.ts"
import { test } from "./test.ts"
import { token } from "./token.ts"
import { update } from "./update.ts"
import { use } from "./use.ts"

export const account = group("account", "accounts: who is calling", [
  list,
  add,
  update,
  remove,
  use,
  show,
  token,
  test,
  login,
  logout,
  exportBridge,
  removeBridge
])

import { group } from "../../app/declare.ts"
import { add } from "./add.ts"
import { list } from "./list.ts"
import { remove } from "./remove.ts"
import { show } from "./show.ts"
import { use } from "./use.ts"

export const target = group("target", "save account, project and workspace under one name", [
  list,
  add,
  use,
  show,
  remove
])

/** `mp workspace`: which part of the project. */
import { group } from "../../app/declare.ts"
import { list } from "./list.ts"
import { show } from "./show.ts"
import { use } from "./use.ts"

export const workspace = group("workspace", "workspaces: which part of the project", [list, use, show])

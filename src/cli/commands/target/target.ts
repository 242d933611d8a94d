/** `mp target`: saved cursors. */
import { group } from "../../app/declare.ts"
import { add } from "./add.ts"
import { list } from "./list.ts"
import { remove } from "./remove.ts"
import { show } from "./show.ts"
import { use } from "./use.ts"

export const target = group("target", "targets: saved account, project and workspace", [list, add, use, show, remove])

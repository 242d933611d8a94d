/** `mp project`: which project. */
import { group } from "../../app/declare.ts"
import { list } from "./list.ts"
import { show } from "./show.ts"
import { use } from "./use.ts"

export const project = group("project", "projects: what the calls are about", [list, use, show])

/** `mp inspect`: what is in a project. */
import { group } from "../../app/declare.ts"
import { events } from "./events.ts"

export const inspect = group("inspect", "what is in a project", [events])

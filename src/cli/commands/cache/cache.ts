/** `mp cache`: what makes mp start quickly. */
import { group } from "../../app/declare.ts"
import { warm } from "./warm.ts"

export const cache = group("cache", "what makes mp start quickly", [warm])

import { group } from "../../app/declare.ts"
import { get } from "./get.ts"

export const credential = group("credential", "hand credentials to other programs", [get])

/** `mp query`: questions to the query API. */
import { group } from "../../app/declare.ts"
import { segmentation } from "./segmentation.ts"

export const query = group("query", "questions to the query API", [segmentation])

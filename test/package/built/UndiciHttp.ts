/** Stands in for the source of the same name: the engine of the built library. */
import { node } from "./library.ts"

export const layer = node.nodeHttpClient

/** Stands in for the source of the same name: the engine of the built library. */
import { library } from "./library.ts"

export const layer = library.transport

/** Where this machine keeps things. */
import { homedir } from "node:os"
import * as Layer from "effect/Layer"
import { Locations, make } from "../services/Locations.ts"

/** Locations under the home directory of the user who runs the process. */
export const layer: Layer.Layer<Locations> = Layer.sync(Locations, () => make({ home: homedir(), cwd: process.cwd() }))

/** Where this machine keeps things. */
import { homedir } from "node:os"
import * as Layer from "effect/Layer"
import * as Effect from "effect/Effect"
import { Locations, make as makeLocations } from "../services/Locations.ts"

/** Node throws when somebody removed the directory that the process is in. */
const workingDirectory = (): string | undefined => {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

/** Locations under the home directory of the user who runs the process. */
export const make = Effect.sync(() => makeLocations({ home: homedir(), cwd: workingDirectory() }))

export const layer: Layer.Layer<Locations> = Layer.effect(Locations, make)

/** Where this machine keeps things. */
import { homedir } from "node:os"
import * as Layer from "effect/Layer"
import * as Effect from "effect/Effect"
import { Locations, make as makeLocations } from "../services/Locations.ts"

/** Locations under the home directory of the user who runs the process. */
export const make = Effect.sync(() => makeLocations({ home: homedir(), cwd: process.cwd() }))

export const layer: Layer.Layer<Locations> = Layer.effect(Locations, make)

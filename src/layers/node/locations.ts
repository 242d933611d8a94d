import { realpathSync, statSync } from "node:fs"
import * as path from "node:path"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Host, Locations, make as makeLocations } from "../../services/platform/Locations.ts"
import { nodeCrypto } from "./crypto.ts"
import { homeDirectory } from "./home.ts"

const realDirectory = (path: string): string | undefined => {
  try {
    const real = realpathSync.native(path)
    return statSync(real).isDirectory() ? real : undefined
  } catch {
    return undefined
  }
}

/**
 * All locations of a host; the variables are read at each use.
 * @since 0.1.0
 * @category constructors
 */
export const make = (host: Host): Context.Tag.Service<Locations> =>
  makeLocations({ realDirectory, ...host }, path, nodeCrypto)

/** Node throws when somebody removed the directory that the process is in. */
const workingDirectory = (): string | undefined => {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

/** Locations of the user who runs the process. */
export const ofProcess = Effect.sync(() => make({ home: homeDirectory(), cwd: workingDirectory() }))

/**
 * `Locations` below the home directory, or where variables move them.
 *
 * @example
 * ```ts
 * const store = Layers.configStore.pipe(Layer.provide([diskFiles, nodeLocations]))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Locations> = Layer.effect(Locations, ofProcess)

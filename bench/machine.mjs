/** A home directory of its own on the real disk, and the library on it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { offline } from "../dist/index.js"

/**
 * Runs `use` with a fresh home directory, in which `write(name, text)` puts a configuration and answers with
 * its path. The directory is real, private and the process's `HOME`, so every check of the disk layer is made.
 */
export const onMachine = async (use) => {
  const before = process.env.HOME
  const home = mkdtempSync(join(tmpdir(), "mp-bench-"))
  process.env.HOME = home
  try {
    return await use((name, text) => {
      const directory = join(home, name)
      mkdirSync(directory, { mode: 0o700 })
      const path = join(directory, "config.toml")
      writeFileSync(path, text, { mode: 0o600 })
      return path
    })
  } finally {
    process.env.HOME = before
    rmSync(home, { recursive: true, force: true })
  }
}

/** The services that need no network, as an app gets them, with the configuration at `path`. */
export const servicesOf = (path) =>
  offline.pipe(Layer.provideMerge(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["MP_CONFIG_PATH", path]])))))

/** A program that keeps its services: what is run on it later finds them built. */
export const runtimeOf = (path) => ManagedRuntime.make(servicesOf(path))

/** Programs whose services are built and have not been used: nothing is remembered in them. */
export const freshPrograms = (path, count) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const program = runtimeOf(path)
      await program.runPromise(Effect.void)
      return program
    })
  )

/** The environment of an `mp` under test: a home of its own, and a code cache that all of them share. */
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Nothing is said of what a cache of code leaves behind: tests of the home directory would have to know it. */
const codeCache = join(tmpdir(), "effect-mixpanel-tests")

export const mpEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  XDG_CACHE_HOME: codeCache
})

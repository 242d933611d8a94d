/** The environment of an `mp` under test: a home of its own, and a code cache that all of them share. */
import { sharedCache } from "./builtMp.ts"

export const mpEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  XDG_CACHE_HOME: sharedCache
})

/** What every kind of finding says. */
import type { Command } from "../hints/Command.ts"

/**
 * `error`: something does not work; `warning`: it will surprise, or is not safe; `info`: worth knowing.
 * @since 0.1.0
 * @category models
 */
export type Severity = "error" | "warning" | "info"

/** The parts of the examination, in the order in which they are shown. */
export const areas = ["configuration", "accounts", "files", "environment", "bridge", "store", "network"] as const
/**
 * What a finding is about.
 * @since 0.1.0
 * @category models
 */
export type Area = (typeof areas)[number]

export interface Kind {
  readonly severity: Severity
  readonly area: Area
  /** The problem, without names. */
  readonly means: string
  readonly cause: string
  /** The command, with words in capitals for what is not to be named; `null` where none fixes it. */
  readonly remedy: Command | null
  /** What is to be done besides, or instead. */
  readonly advice: string | null
}

/** The kinds of one area. */
export const kindsOf = (area: Area) => {
  const as =
    (severity: Severity) =>
    (means: string, cause: string, remedy: Command | null, advice: string | null = null): Kind => ({
      severity,
      area,
      means,
      cause,
      remedy,
      advice
    })
  return { error: as("error"), warning: as("warning"), info: as("info") }
}

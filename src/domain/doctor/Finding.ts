/** What is wrong, why, and how it is fixed. */
import type { ConfigRepair, ConfigSubject } from "../config/checkConfig.ts"
import type { Command } from "../hints/Command.ts"
import * as Option from "effect/Option"
import { catalogue, type FindingId } from "./catalogue.ts"
import type { Area, Severity } from "./Kind.ts"

/**
 * What a finding is about.
 * @since 0.1.0
 * @category models
 */
export type Subject = ConfigSubject | { readonly kind: "host"; readonly host: string }

/**
 * A change that is safe to make without asking: it takes nothing away that anybody could still use.
 * @since 0.1.0
 * @category models
 */
export type Repair = ConfigRepair | { readonly kind: "discard" | "release"; readonly path: string }

/**
 * One thing that a person should know.
 * @since 0.1.0
 * @category models
 */
export interface Finding {
  readonly id: FindingId
  readonly severity: Severity
  readonly area: Area
  readonly subject: Subject
  /** What is the matter, as a sentence that names it. */
  readonly problem: string
  /** How it comes to be, or what it leads to. */
  readonly cause: string
  /** The command that fixes it; `null` where none does, and the problem or the cause says what is to be done. */
  readonly fix: Command | null
  readonly repair: Option.Option<Repair>
}

/** A finding with what the catalogue knows about its kind. */
export const finding = (
  id: FindingId,
  subject: Subject,
  problem: string,
  fix: Command | null,
  repair: Repair | null = null
): Finding => {
  const { area, cause, severity } = catalogue[id]
  return { id, severity, area, subject, problem, cause, fix, repair: Option.fromNullable(repair) }
}

/** Whether `mp doctor --fix` fixes it. */
export const isFixable = ({ repair }: Finding): boolean => Option.isSome(repair)

/** Whether somebody has to do something about it. */
export const needsAttention = ({ severity }: Finding): boolean => severity !== "info"

/** The subject as one word or path. */
export const subjectText = (subject: Subject): string => {
  switch (subject.kind) {
    case "file":
      return subject.path
    case "host":
      return subject.host
    case "account":
    case "target":
      return `${subject.kind} ${subject.name}`
    case "variable":
      return subject.name
  }
}

export const file = (path: string): Subject => ({ kind: "file", path })
export const variable = (name: string): Subject => ({ kind: "variable", name })
export const account = (name: string): Subject => ({ kind: "account", name })
export const target = (name: string): Subject => ({ kind: "target", name })
export const host = (name: string): Subject => ({ kind: "host", host: name })

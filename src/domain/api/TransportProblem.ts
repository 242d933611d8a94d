/** What a transport finds out about a request by itself, in words that hold nothing of the request or of a proxy's credentials. */
import * as Data from "effect/Data"

export class ProxyProblem extends Data.TaggedError("ProxyProblem")<{
  readonly reason: string
  /** Whether asking again cannot help: the variable or the proxy's credentials have to change first. */
  readonly isLasting: boolean
}> {}

export class BrokenBody extends Data.TaggedError("BrokenBody")<{
  readonly reason: string
}> {}

export class BodyTooLong extends Data.TaggedError("BodyTooLong")<{
  readonly maxBytes: number
}> {
  get reason(): string {
    return `the body is longer than ${sizeText(this.maxBytes)}`
  }
}

type Problem = ProxyProblem | BrokenBody | BodyTooLong

/**
 * Whether an error is one of these. The tag decides, and not the class: a process may hold this package twice, for example in a
 * bundle beside the modules.
 */
export const isProblem = <Tag extends Problem["_tag"]>(
  error: object,
  ...tags: ReadonlyArray<Tag>
): error is Extract<Problem, { readonly _tag: Tag }> =>
  "_tag" in error && "reason" in error && typeof error.reason === "string" && tags.some((tag) => tag === error._tag)

const sizeText = (bytes: number): string =>
  bytes >= 1_048_576 ? `${Math.round(bytes / 1_048_576)} MiB` : `${Math.round(bytes / 1024)} KiB`

/** What a transport finds out about a request by itself, in words that hold nothing of the request or of a proxy's credentials. */
import * as Data from "effect/Data"

/** No request could be sent because of the proxy that it should go through. */
export class ProxyProblem extends Data.TaggedError("ProxyProblem")<{
  readonly reason: string
  /** Whether asking again cannot help: the variable or the proxy's credentials have to change first. */
  readonly isLasting: boolean
}> {}

/** A body that ended too early, or that is not what its encoding says. */
export class BrokenBody extends Data.TaggedError("BrokenBody")<{
  readonly reason: string
}> {}

/** A body that is longer than what is gathered of it. */
export class BodyTooLong extends Data.TaggedError("BodyTooLong")<{
  readonly maxBytes: number
}> {
  get reason(): string {
    return `the body is longer than ${sizeText(this.maxBytes)}`
  }
}

const sizeText = (bytes: number): string =>
  bytes >= 1_048_576 ? `${Math.round(bytes / 1_048_576)} MiB` : `${Math.round(bytes / 1024)} KiB`

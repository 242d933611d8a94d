import { Data } from "effect"

/** The demo saw what it was not to see. */
export class DemoFailed extends Data.TaggedError("DemoFailed")<{ readonly message: string }> {}

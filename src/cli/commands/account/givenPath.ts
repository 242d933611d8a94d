/** A path that a flag gives. */
import * as Effect from "effect/Effect"
import { InvalidArgument } from "../../../domain/errors.ts"

export const givenPath = (flag: string, path: string): Effect.Effect<string, InvalidArgument> =>
  path === ""
    ? Effect.fail(
        new InvalidArgument({
          message: `${flag} needs a path.`,
          hints: [],
          again: [{ flags: [[flag.slice(2), "mixpanel_auth.json"]] }]
        })
      )
    : Effect.succeed(path)

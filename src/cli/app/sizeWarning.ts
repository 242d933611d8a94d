/** A configuration that was written, and is nearly as large as one may be: told before it is too large. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { nearLimit, percentFull } from "../../domain/config/configSize.ts"
import { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import { Locations } from "../../services/platform/Locations.ts"
import type { Globals } from "./Globals.ts"
import { notice } from "./output.ts"
import type { Terminal } from "./Terminal.ts"
import { withService } from "./withService.ts"

export const warningOfSize = <A, E, R>(command: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const files = yield* CredentialFiles
    const config = yield* Effect.option(Effect.flatMap(Locations, (locations) => locations.config))
    const context = yield* Effect.context<Globals | Terminal>()
    const warned = (path: string, text: string) => {
      const percent = Option.contains(config, path) ? percentFull(text) : null
      return percent === null ? Effect.void : Effect.provide(notice(nearLimit(path, percent)), context)
    }
    return yield* withService(CredentialFiles, {
      ...files,
      write: (path, text, limit) => Effect.zipLeft(files.write(path, text, limit), warned(path, text))
    })(command)
  })

import * as Effect from "effect/Effect"
import { command } from "../../../domain/hints/Command.ts"
import { ConfigError } from "../../../domain/errors.ts"
import { done } from "../../app/output.ts"
import { systemFailure } from "../../app/reportError.ts"
import { type NotWarmed, warm } from "../../start/warm.ts"

const problems: Readonly<Record<NotWarmed, ConfigError>> = {
  not_installed: new ConfigError({
    message: "Only an installed mp has a code cache, and this is another program.",
    hints: [command`npm install --global effect-mixpanel`]
  }),
  off: new ConfigError({
    message: "The code cache is not used: MP_CODE_CACHE is off, NODE_OPTIONS is set, or node was given options.",
    hints: [command`env -u MP_CODE_CACHE -u NODE_OPTIONS mp cache warm`]
  }),
  not_writable: new ConfigError({
    message:
      "The code cache was not written: others can write the package's directory or one above it, and the user's cache directory cannot be written.",
    hints: [command`XDG_CACHE_HOME="$HOME/.cache" mp cache warm`]
  })
}

/** No room for the home of the commands that are run, or one of them failed. */
const failed = (cause: unknown): ConfigError => {
  const refusal = systemFailure(cause)
  return new ConfigError({
    message: `The code cache was not written. ${refusal?.message ?? "The commands whose code it holds failed."}`,
    hints: refusal?.hints ?? []
  })
}

export function* run() {
  const warmed = yield* Effect.tryPromise({ try: () => warm(process.argv[1]), catch: failed })
  if (typeof warmed === "string") return yield* problems[warmed]
  yield* done([`Wrote the code cache: ${warmed.directory}`], { directory: warmed.directory, files: warmed.files })
}

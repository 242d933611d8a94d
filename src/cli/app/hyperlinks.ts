/** Which terminals show links (OSC 8), by the variables that they set: the list of the package `supports-hyperlinks`. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { variable } from "../../services/platform/environment.ts"
import { isStyled } from "./look.ts"

/** By `TERM_PROGRAM`: the first version that shows them. */
const programs: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  "iTerm.app": [3, 1],
  WezTerm: [20_200_620, 0],
  vscode: [1, 72],
  ghostty: [0, 0],
  zed: [0, 0]
}

const isSince = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [first = 0, second = 0] = version.split(/[.-]/).map(Number)
  return first > major || (first === major && second >= minor)
}

/** 0.50.0 crashes on them; versions are written as `0.50.1` or as `5001`. */
const isLinkingVte = (version: string): boolean =>
  /^\d{4}$/.test(version) ? Number(version) > 5000 : isSince(version, [0, 50]) && version !== "0.50.0"

/** Whether a stream shows them. `FORCE_HYPERLINK` decides where it is set. */
export const showsLinks = (isTerminal: boolean): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    if (!isTerminal || !(yield* isStyled(true))) return false
    const forced = yield* variable("FORCE_HYPERLINK")
    if (Option.isSome(forced)) return forced.value !== "0"
    if (Option.isSome(yield* variable("CI"))) return false
    const version = Option.getOrElse(yield* variable("TERM_PROGRAM_VERSION"), () => "0")
    const since = Option.map(yield* variable("TERM_PROGRAM"), (program) => programs[program])
    return (
      Option.exists(since, (first) => first !== undefined && isSince(version, first)) ||
      Option.exists(yield* variable("VTE_VERSION"), isLinkingVte) ||
      Option.isSome(yield* variable("WT_SESSION")) ||
      Option.exists(yield* variable("TERM"), (term) => /^(alacritty|foot|xterm-(kitty|ghostty))$/.test(term))
    )
  })

/** What each region said, while the region of a credential is looked for. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { brief } from "../../../domain/login/RegionAttempt.ts"
import type { ProbeEvent } from "../../../services/login/RegionProbe.ts"
import { say } from "../../app/output.ts"
import { text } from "../../app/TerminalText.ts"

export const narrate = ({ problem, region }: ProbeEvent) =>
  Effect.suspend(() => {
    const message = `${region}: ${Option.match(problem, { onNone: () => "ok", onSome: brief })}`
    return say(text`${message}\n`, { message })
  })

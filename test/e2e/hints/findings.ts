/** How the findings of the doctor are answered for whoever would be asked, and which are not pasted, and why. */
import type { FindingId } from "#src/domain/doctor/catalogue.ts"

/** Findings whose command is not run here. */
export const notPasted: Partial<Record<FindingId, string>> = {
  unreachable: "no command mends a network",
  "server-trouble": "no command mends a server",
  "clock-skewed": "it sets the clock of the machine",
  "clock-far-off": "it sets the clock of the machine"
}

/** How the findings of the doctor are answered for whoever would be asked, and which are not pasted, and why. */
import type { FindingId } from "#src/domain/doctor/catalogue.ts"

/** Findings whose command is not run here. */
export const notPasted: Partial<Record<FindingId, string>> = {
  // What mends an engine is pasted where there is one: test/e2e/storeDoctor.test.ts and badStores.test.ts.
  "store-refused": "it needs an engine",
  "store-unreachable": "no command starts an engine",
  "store-forgets": "it needs an engine",
  "store-evicts": "it needs an engine",
  "store-replicas-missing": "it needs an engine",
  "store-entries-foreign": "the key is somebody else's",
  "store-key-former": "it needs an engine",
  "store-claim-abandoned": "it needs an engine",
  "store-clock-differs": "it sets the clock of the machine",
  unreachable: "no command mends a network",
  "server-trouble": "no command mends a server",
  "clock-skewed": "it sets the clock of the machine",
  "clock-far-off": "it sets the clock of the machine"
}

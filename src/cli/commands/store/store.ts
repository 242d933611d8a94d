import { declare, group, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"

const dryRun = flag("dry-run", { description: "only say what would be moved" })

const status = declare(
  "status",
  {
    summary: "show where the store of MP_STORE is, how it is, and what lies in it",
    examples: ["mp store status", "mp store status --format json | jq .abandoned_claims"]
  },
  {},
  lazyHandler(() => import("./status.run.ts"))
)

const moveIn = declare(
  "import",
  {
    summary: "move configuration, logins and caches of this machine into the store: they are gone here afterwards",
    examples: ["mp store import --dry-run", "mp store import"]
  },
  { dryRun },
  lazyHandler(async () => ({ run: (await import("./move.run.ts")).moveIn }))
)

const moveOut = declare(
  "export",
  {
    summary: "move configuration, logins and caches out of the store, to the files of this machine",
    examples: ["mp store export --dry-run", "mp store export"]
  },
  { dryRun },
  lazyHandler(async () => ({ run: (await import("./move.run.ts")).moveOut }))
)

const reseal = declare(
  "reseal",
  {
    summary: "seal all that lies in the store with the first key of MP_STORE_KEY",
    examples: ['MP_STORE_KEY="NEW_KEY,OLD_KEY" mp store reseal']
  },
  {},
  lazyHandler(() => import("./reseal.run.ts"))
)

export const store = group("store", "look at the store that machines share (MP_STORE), and move logins in and out", [
  status,
  moveIn,
  moveOut,
  reseal
])

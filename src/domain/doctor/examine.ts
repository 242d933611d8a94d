/** From facts to findings. */
import * as Option from "effect/Option"
import { accountFindings } from "./accounts.ts"
import { bridgeFindings } from "./bridge.ts"
import { type Area, areas } from "./Kind.ts"
import { environmentFindings } from "./environment.ts"
import type { Facts } from "./Facts.ts"
import { fileFindings } from "./files.ts"
import { type Finding, finding, needsAttention } from "./Finding.ts"
import { networkFindings } from "./network.ts"
import { isClosed, storeFindings, storeSoundness } from "./store.ts"
import { checkConfig } from "../config/checkConfig.ts"
import { fixOf } from "../errors.ts"

/** What is wrong with the configuration file and what it says. */
const configurationFindings = (facts: Facts): ReadonlyArray<Finding> =>
  isClosed(facts)
    ? []
    : checkConfig(facts.config, facts.rules).map(({ error, id, repair, subject }) =>
        finding(id, subject, error.message, fixOf(error.hints), repair)
      )

const examinations: Record<Area, (facts: Facts) => ReadonlyArray<Finding>> = {
  configuration: configurationFindings,
  accounts: accountFindings,
  files: fileFindings,
  environment: environmentFindings,
  bridge: bridgeFindings,
  store: storeFindings,
  network: networkFindings
}

/** Everything that is to be said about the facts, area by area. */
export const examine = (facts: Facts): ReadonlyArray<Finding> => areas.flatMap((area) => examinations[area](facts))

/** Whether nothing is left that somebody has to do something about. */
export const isHealthy = (findings: ReadonlyArray<Finding>): boolean => !findings.some(needsAttention)

type Sound = Pick<Facts, "network" | "accounts" | "store">

/** One line for each area in which all is well; of what could not be read nothing is said. */
export const passedChecks = (facts: Sound, findings: ReadonlyArray<Finding>): ReadonlyArray<string> => {
  const troubled = new Set(findings.filter(needsAttention).map(({ area }) => area))
  return areas
    .filter((area) => area !== "network" || facts.network.length > 0)
    .filter((area) => area !== "store" || Option.isSome(facts.store))
    .filter((area) => !["configuration", "accounts"].includes(area) || !isClosed(facts))
    .filter((area) => !troubled.has(area))
    .filter((area) => area !== "accounts" || facts.accounts.length > 0 || !troubled.has("configuration"))
    .map((area) => soundness[area](facts))
}

const soundness: Record<Area, (facts: Sound) => string> = {
  configuration: () => "configuration: private, valid, nothing dangling",
  accounts: ({ accounts }) =>
    accounts.length === 0 ? "accounts: none configured" : `accounts: ${accounts.length} usable`,
  files: () => "files: private, nothing left behind",
  environment: () => "environment: no variable stands in the way",
  store: storeSoundness,
  bridge: () => "bridge: nothing wrong with it, or none in use",
  network: ({ network }) => `network: ${network.map(({ url }) => new URL(url).host).join(", ")} reachable, clock right`
}

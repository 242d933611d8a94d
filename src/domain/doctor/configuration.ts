/** What is wrong with the configuration file and what it says. */
import { checkConfig } from "../config/checkConfig.ts"
import { fixOf } from "../errors.ts"
import type { Facts } from "./Facts.ts"
import { type Finding, finding } from "./Finding.ts"

export const configurationFindings = ({ config }: Facts): ReadonlyArray<Finding> =>
  checkConfig(config).map(({ error, id, repair, subject }) =>
    finding(id, subject, error.message, fixOf(error.hints), repair)
  )

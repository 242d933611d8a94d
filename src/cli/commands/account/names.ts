/** The argument that names an account. */
import { argument } from "../../app/facts.ts"

export const name = argument("NAME", { description: "name of the account", required: true })

export const optionalName = argument("NAME", {
  description: "name of the account; by default the one that the session uses",
  required: false
})

/** The argument that names an account. */
import * as argument from "../../app/argument.ts"

export const name = argument.text("NAME", "name of the account")

export const optionalName = argument.optional("NAME", "name of the account; by default the one that the session uses")

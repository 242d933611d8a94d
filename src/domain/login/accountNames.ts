import * as Schema from "effect/Schema"
import { AccountName } from "../account/identifiers.ts"
import type { Me } from "../api/Me.ts"

const longest = 32

const slug = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[^\u0000-\u007f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longest + 1)
    .replace(/^-+/, "")
    .slice(0, longest)
    .replace(/-+$/, "")

const isName = Schema.is(AccountName)

export const anyName = AccountName.make("account")

/** The name of the first organization as far as it can be written, else its id. */
export const nameFor = (me: Me): AccountName => {
  const [first] = Object.values(me.organizations)
  return (first === undefined ? [] : [slug(first.name), `org-${first.id}`]).find(isName) ?? anyName
}

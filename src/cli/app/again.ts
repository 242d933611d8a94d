/** The command line that failed, written out so that it would succeed. */
import { isVariableName } from "../../domain/account/identifiers.ts"
import { type Again, type Command, command, inTurn, withInput, withSecret } from "../../domain/hints/Command.ts"

/**
 * A command line as it was understood.
 * @since 0.1.0
 * @category models
 */
export interface Typed {
  readonly path: ReadonlyArray<string>
  readonly args: ReadonlyArray<string>
  readonly flags: ReadonlyArray<TypedFlag>
}

export const nothingTyped: Typed = { path: [], args: [], flags: [] }

/** A flag by its long name; switches have no value. */
export type TypedFlag = readonly [name: string, value?: string]

/** Commands after which something is gone or another than it was. */
const losing = ["remove", "logout", "update"]

/** Writes the changed command line out. One that takes something away is not written with another name: a list is. */
export const again = (typed: Typed, change: Again): Command =>
  change.argument !== undefined && losing.includes(typed.path.at(-1) ?? "")
    ? command`mp ${typed.path.slice(0, -1)} list`
    : written(typed, change)

const written = (typed: Typed, { after, argument, piped, ...change }: Again): Command => {
  const flags = inOrder(
    changed(
      typed.flags.filter(([name]) => !manners.includes(name)),
      change
    ).map(withoutSecret)
  ).flatMap(([name, value]) => (value === undefined ? [`--${name}`] : [`--${name}`, value]))
  const args = typed.args.flatMap((arg) => (argument?.[0] === arg ? (argument[1] ?? []) : arg))
  const line =
    typed.path[0] === "exec" || args.some((arg) => arg.startsWith("-"))
      ? command`mp ${typed.path} ${flags} -- ${args}`
      : command`mp ${typed.path} ${args} ${flags}`
  const whole = typeof piped === "string" ? withInput(piped, line) : piped === true ? withSecret(line) : line
  return after === undefined ? whole : inTurn(after, whole)
}

/** Where the name of a variable was wanted, somebody may have put the secret itself: that is not repeated. */
const withoutSecret = (flag: TypedFlag): TypedFlag => {
  const [name, value] = flag
  return name === "token-env" && value !== undefined && !isVariableName(value) ? [name, "VAR"] : flag
}

const changed = (given: ReadonlyArray<TypedFlag>, { flags = [], without = [] }: Pick<Again, "flags" | "without">) => [
  ...given.filter(([name]) => !without.includes(name) && !flags.some(([other]) => other === name)),
  ...flags
]

/** Flags of every command come last, whatever the order in which they were given: the fast path writes the same. */
const globalOrder = ["account", "project", "workspace", "target", "format", "verbose"]

const manners = ["quiet", "verbose", "no-input"]

const inOrder = (flags: ReadonlyArray<TypedFlag>): ReadonlyArray<TypedFlag> =>
  [...flags].sort(([a], [b]) => globalOrder.indexOf(a) - globalOrder.indexOf(b))

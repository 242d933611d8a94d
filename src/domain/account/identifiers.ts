/**
 * The names and numbers by which Mixpanel and `~/.mp` know things, as branded types: a `ProjectId` can
 * only come out of a parser that looked at it.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { decodeWith, withMessage } from "../internal/decode.ts"

/**
 * Where Mixpanel keeps a project's data: `us`, `eu` or `in` (lower case).
 * @since 0.1.0
 * @category models
 */
export const Region = Schema.Literal("us", "eu", "in").annotations({
  identifier: "Region",
  ...withMessage("must be one of us, eu, in")
})
export type Region = typeof Region.Type

/**
 * All regions, in the order in which they are probed.
 * @since 0.1.0
 * @category utilities
 */
export const regions: ReadonlyArray<Region> = Region.literals

/** Whether a value is one of them, at a hundredth of what the schema costs. */
export const isRegion = (value: unknown): value is Region => regions.some((region) => region === value)

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * The name of an account in `config.toml`: 1 to 64 of `A-Z a-z 0-9 _ -`.
 * @since 0.1.0
 * @category models
 */
export const AccountName = Schema.String.pipe(Schema.pattern(namePattern), Schema.brand("AccountName")).annotations({
  identifier: "AccountName",
  ...withMessage("must be 1 to 64 letters, digits, '_' or '-'")
})
export type AccountName = typeof AccountName.Type

export const isAccountName = (value: unknown): value is AccountName =>
  typeof value === "string" && namePattern.test(value)

/**
 * The name of a new target; targets that mixpanel_headless saved under other names keep working.
 * @since 0.1.0
 * @category models
 */
export const TargetName = Schema.String.pipe(Schema.pattern(namePattern), Schema.brand("TargetName")).annotations({
  identifier: "TargetName",
  ...withMessage("must be 1 to 64 letters, digits, '_' or '-'")
})
export type TargetName = typeof TargetName.Type

const projectPattern = /^[0-9]{1,20}$/

/**
 * A project's number as Mixpanel writes it: a string of ASCII digits, leading zeros kept.
 * @since 0.1.0
 * @category models
 */
export const ProjectId = Schema.String.pipe(Schema.pattern(projectPattern), Schema.brand("ProjectId")).annotations({
  identifier: "ProjectId",
  ...withMessage('must be a string of digits such as "3713224"')
})
export type ProjectId = typeof ProjectId.Type

export const isProjectId = (value: unknown): value is ProjectId =>
  typeof value === "string" && projectPattern.test(value)

const workspaceMessage = withMessage("must be a positive integer such as 3448414")

/**
 * A workspace's number: a positive integer.
 * @since 0.1.0
 * @category models
 */
export const WorkspaceId = Schema.Number.pipe(
  Schema.filter((n) => Number.isSafeInteger(n) && n > 0),
  Schema.brand("WorkspaceId")
).annotations({ identifier: "WorkspaceId", ...workspaceMessage })
export type WorkspaceId = typeof WorkspaceId.Type

export const lenientWorkspaceId = () =>
  Schema.compose(Schema.Union(Schema.Number, Schema.NumberFromString), WorkspaceId, { strict: false }).annotations(
    workspaceMessage
  )

export const isVariableName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text)

export const parseWorkspaceId = (text: string): Either.Either<WorkspaceId, string> =>
  parse(WorkspaceId)(/^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN)

/** Checks a value against one of the schemas above; the failure says what it must be and never quotes it. */
export const parse = <A, I>(schema: Schema.Schema<A, I>): ((input: unknown) => Either.Either<A, string>) => {
  const decode = decodeWith(schema)
  return (input) => Either.mapLeft(decode(input), (issues) => issues[0]?.message ?? "is invalid")
}

import { command } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidArgument } from "../errors.ts"
import { parse, ProjectId, WorkspaceId } from "../account/identifiers.ts"
import type { Override, Overrides } from "./Resolution.ts"

/**
 * Explicit choices for a session; what is absent is resolved. A target excludes the other three.
 *
 * @example
 * ```ts
 * const request: SessionRequest = { account: "team", project: "3713224" }
 * ```
 * @since 0.1.0
 * @category models
 */
export interface SessionRequest {
  readonly account?: string | undefined
  readonly project?: string | undefined
  readonly workspace?: number | undefined
  readonly target?: string | undefined
  /** `false`: the credentials that the environment holds are passed over. */
  readonly environmentCredentials?: false
  /** How each was asked for (`--account`, `MP_ACCOUNT`); by default the name of the field. */
  readonly origins?: Partial<Record<Axis, string>>
}

type Axis = "account" | "project" | "workspace" | "target"

export const toOverrides = (request: SessionRequest): Either.Either<Overrides, InvalidArgument> =>
  Either.gen(function* () {
    const originOf = (axis: Axis): string => request.origins?.[axis] ?? axis
    const given = (["account", "project", "workspace"] as const).filter((axis) => request[axis] !== undefined)
    if (request.target !== undefined && given.length > 0) {
      return yield* Either.left(exclusive(originOf("target"), given.map(originOf)))
    }
    const override = <A>(axis: Axis, value: A): Override<A> => ({ value, origin: originOf(axis) })
    return {
      account: Option.map(Option.fromNullable(request.account), (name) => override("account", name)),
      project: yield* checked(request.project, originOf("project"), parse(ProjectId)),
      workspace: yield* checked(request.workspace, originOf("workspace"), parse(WorkspaceId)),
      target: Option.map(Option.fromNullable(request.target), (name) => override("target", name))
    }
  })

const checked = <A>(
  value: string | number | undefined,
  origin: string,
  parseValue: (value: unknown) => Either.Either<A, string>
): Either.Either<Option.Option<Override<A>>, InvalidArgument> =>
  value === undefined
    ? Either.right(Option.none())
    : Either.mapBoth(parseValue(value), {
        onLeft: (message) => new InvalidArgument({ message: `${origin} ${message}.`, ...asOf(origin) }),
        onRight: (parsed) => Option.some({ value: parsed, origin })
      })

const asOf = (origin: string): Pick<InvalidArgument, "hints" | "again"> =>
  origin.startsWith("--")
    ? { hints: [], again: [{ flags: [[origin.slice(2), "ID"]] }] }
    : { hints: origin.startsWith("MP_") ? [command`unset ${origin}`] : [] }

const exclusive = (target: string, others: ReadonlyArray<string>): InvalidArgument =>
  new InvalidArgument({
    message: `${target} already says account, project and workspace; it cannot be combined with ${others.join(", ")}.`,
    hints: [],
    again: [{ without: [target.replace(/^--/, "")] }, { without: others.map((other) => other.replace(/^--/, "")) }],
    details: { conflicting: [target, ...others] }
  })

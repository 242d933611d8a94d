import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { BearerError } from "../../domain/oauth/OAuthError.ts"
import type { Session } from "../../domain/session/Session.ts"
import { Audit } from "../audit/Audit.ts"
import { handOver } from "../audit/handOver.ts"
import type { Program } from "../platform/OwnProgram.ts"
import { StaticCredentials } from "../tokens/StaticCredentials.ts"
import { TokenResolver } from "../tokens/TokenResolver.ts"

/**
 * Variables to set, and those to remove because they would say something else.
 * @since 0.1.0
 * @category models
 */
export interface ChildVariables {
  readonly set: ReadonlyArray<readonly [name: string, value: Redacted.Redacted]>
  readonly removed: ReadonlyArray<string>
}

/**
 * The variables with which another program uses a session.
 *
 * @example
 * ```ts
 * const variables = Effect.flatMap(ChildEnvironment, (environment) => environment.of(session))
 * ```
 * @since 0.1.0
 * @category services
 */
export class ChildEnvironment extends Context.Tag("effect-mixpanel/ChildEnvironment")<
  ChildEnvironment,
  {
    /**
     * The variables that make another program (any of the `mp` family, or one that reads the same names)
     * work as this session: project, region, workspace, and a user name with its secret or a bearer that is
     * fresh now. A refresh token is never among them. `receiver` is the program they are for, where that is known.
     */
    readonly of: (session: Session, receiver?: Program) => Effect.Effect<ChildVariables, BearerError>
  }
>() {}

type OwnVariables = Arr.NonEmptyReadonlyArray<ChildVariables["set"][number]>

export const identityVariables = [
  "MP_ACCOUNT",
  "MP_TARGET",
  "MP_USERNAME",
  "MP_SECRET",
  "MP_OAUTH_TOKEN",
  "MP_PROJECT_ID",
  "MP_REGION",
  "MP_WORKSPACE_ID"
]

export const make = Effect.gen(function* () {
  const resolver = yield* TokenResolver
  const statics = yield* StaticCredentials
  const audit = yield* Audit
  const credential = ({ account, origin }: Session): Effect.Effect<OwnVariables, BearerError> =>
    account.type === "service_account"
      ? Effect.map(statics.current(account, origin), ({ token }) => [
          ["MP_USERNAME", Redacted.make(account.username)],
          ["MP_SECRET", token]
        ])
      : Effect.map(resolver.bearer(account, origin), ({ token }) => [["MP_OAUTH_TOKEN", token]])

  return ChildEnvironment.of({
    of: Effect.fnUntraced(function* (session, receiver) {
      const own = yield* credential(session)
      yield* handOver(audit, session, Arr.lastNonEmpty(own)[1], receiver)
      const set = [...own, ...placeVariables(session)]
      const names = new Set(set.map(([name]) => name))
      return { set, removed: identityVariables.filter((name) => !names.has(name)) }
    })
  })
})

export const placeVariables = ({ projectId, region, workspaceId }: Session): ChildVariables["set"] => [
  ["MP_PROJECT_ID", Redacted.make(projectId)],
  ["MP_REGION", Redacted.make(region)],
  ...Option.toArray(workspaceId).map((id) => ["MP_WORKSPACE_ID", Redacted.make(String(id))] as const)
]

/**
 * `ChildEnvironment` over bearers and projects.
 *
 * @example
 * ```ts
 * const childEnvironment = Layers.childEnvironment.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ChildEnvironment, never, Audit | TokenResolver> = Layer.effect(ChildEnvironment, make)

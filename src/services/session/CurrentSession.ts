import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { type EditError, InvalidArgument, type LockError, type ResolutionError } from "../../domain/errors.ts"
import type { BearerError } from "../../domain/oauth/OAuthError.ts"
import type { Overrides } from "../../domain/session/Resolution.ts"
import type { Session } from "../../domain/session/Session.ts"
import { type SessionRequest, toOverrides } from "../../domain/session/SessionRequest.ts"
import {
  persisted,
  type SwitchState,
  standingOf,
  switchAccount,
  switchWithinAccount,
  withinAccount
} from "../../domain/session/SessionSwitch.ts"
import { ActiveSessions } from "../config/ActiveSessions.ts"
import { Targets } from "../config/Targets.ts"
import { SessionResolver } from "./SessionResolver.ts"
import { TokenResolver } from "../tokens/TokenResolver.ts"

/**
 * Where to switch to. A target excludes the other axes; what is absent follows from what is given.
 * @since 0.1.0
 * @category models
 */
export interface SessionSwitch extends Omit<SessionRequest, "origins"> {
  /** Keeps the new session for the next process too, in one write of the configuration. */
  readonly persist?: boolean
}

/**
 * Everything that a switch can answer; the session is then what it was.
 * @since 0.1.0
 * @category errors
 */
export type SwitchError = ResolutionError | EditError | LockError | BearerError

/**
 * What `CurrentSession` offers.
 * @since 0.1.0
 * @category services
 */
export interface CurrentSessionShape {
  /**
   * The session at this moment: a value that no later switch changes. Work in parallel takes such snapshots.
   *
   * @example
   * ```ts
   * const session = yield* current.get
   * const projects = yield* discovery.projects(session)
   * yield* Effect.forEach(projects, (project) => mixpanel.events(session.replace({ project })), { concurrency: 8 })
   * ```
   */
  readonly get: Effect.Effect<Session>
  /** The session now, and again after each switch. */
  readonly changes: Stream.Stream<Session>
  /**
   * Switches, and answers with the new session. One switch happens at a time, wholly or not at all:
   *
   * - `account`: that account, whatever credentials the environment holds; its bearer must be obtainable.
   *   The project is that of `MP_PROJECT_ID`, the one given or the account's default, and never the former one; the workspace is the one given or that of `MP_WORKSPACE_ID`, else none.
   * - `project`: that project; the workspace is the one given, else none.
   * - `workspace`: that workspace of the same project.
   * - `target`: what resolving that target gives, the environment coming first as everywhere.
   *
   * The headers stay those of the first session, but a bridge's headers go with its account. Connections and the answers of `/me` stay too, for they
   * belong to accounts and hosts. With `persist` the new session, but for what the environment or a bridge
   * lent it, is written to the configuration; alone, it persists the session as it is.
   *
   * @example
   * ```ts
   * yield* current.use({ account: "team" })
   * yield* current.use({ project: "3018488", workspace: 3448414 })
   * yield* current.use({ target: "ecom", persist: true })
   * ```
   */
  readonly use: (to: SessionSwitch) => Effect.Effect<Session, SwitchError>
}

type Needs = SessionResolver | TokenResolver | ActiveSessions | Targets

/**
 * One session of a program, which can be switched while it runs.
 * @since 0.1.0
 * @category services
 */
export class CurrentSession extends Context.Tag("effect-mixpanel/CurrentSession")<
  CurrentSession,
  CurrentSessionShape
>() {
  /**
   * A current session that begins with what the request resolves to when the layer is built.
   *
   * @example
   * ```ts
   * const program = Effect.gen(function* () {
   *   const current = yield* CurrentSession
   *   yield* current.use({ project: "3713224" })
   *   return yield* Effect.flatMap(current.get, mixpanel.events)
   * }).pipe(Effect.provide(CurrentSession.layer({ account: "team" }).pipe(Layer.provideMerge(layer))))
   * ```
   */
  static readonly layer = (request?: SessionRequest): Layer.Layer<CurrentSession, ResolutionError, Needs> =>
    Layer.effect(CurrentSession, make(request))

  /** A current session that begins with the given one: project and workspace can be switched, and nothing is persisted. */
  static readonly layerOf = (first: Session): Layer.Layer<CurrentSession> => Layer.effect(CurrentSession, makeOf(first))
}

const make = (request?: SessionRequest): Effect.Effect<CurrentSessionShape, ResolutionError, Needs> =>
  Effect.gen(function* () {
    const resolver = yield* SessionResolver
    const tokens = yield* TokenResolver
    const active = yield* ActiveSessions
    const targets = yield* Targets
    const first = yield* Effect.flatMap(resolver.inspect(request), standingOf)
    const ref = yield* SubscriptionRef.make(first)
    const turn = yield* Effect.makeSemaphore(1)

    const byTarget = (target: string): Effect.Effect<SwitchState, ResolutionError> =>
      Effect.flatMap(resolver.inspect({ target }), standingOf)

    const byAccount = (to: SessionSwitch, { workspace }: Overrides): Effect.Effect<SwitchState, ResolutionError> =>
      Effect.flatMap(resolver.inspect({ ...to, environmentCredentials: false }), (resolution) =>
        switchAccount(
          resolution,
          Option.map(workspace, ({ value }) => value)
        )
      )

    const presentable = ({ session: { account, origin } }: SwitchState): Effect.Effect<void, BearerError> =>
      account.type === "service_account" ? Effect.void : Effect.asVoid(tokens.bearer(account, origin))

    const next = (
      before: SwitchState,
      to: SessionSwitch,
      overrides: Overrides
    ): Effect.Effect<SwitchState, ResolutionError | BearerError> => {
      if (to.target === undefined && to.account === undefined) {
        return Effect.succeed(switchWithinAccount(before, overrides))
      }
      const found = to.target === undefined ? byAccount(to, overrides) : byTarget(to.target)
      return Effect.tap(Effect.map(found, withHeadersOf(first)), presentable)
    }

    const write = (standing: SwitchState, { persist, target }: SessionSwitch) =>
      persist === true
        ? Effect.flatMap(persisted(standing), (change) =>
            toTheEnd(target === undefined ? active.use(change) : targets.use(target))
          )
        : Effect.void

    return CurrentSession.of({
      get: Effect.map(SubscriptionRef.get(ref), ({ session }) => session),
      changes: ref.changes.pipe(
        Stream.map(({ session }) => session),
        Stream.changesWith((before, after) => before === after)
      ),
      use: Effect.fn("CurrentSession.use")(function* (to) {
        const overrides = yield* toOverrides(to)
        return yield* turn.withPermits(1)(
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const before = yield* SubscriptionRef.get(ref)
              const after = yield* restore(next(before, to, overrides))
              yield* write(after, to)
              yield* SubscriptionRef.set(ref, after)
              return after.session
            })
          )
        )
      })
    })
  })

const makeOf = (given: Session): Effect.Effect<CurrentSessionShape> =>
  Effect.map(SubscriptionRef.make(given), (ref) =>
    CurrentSession.of({
      get: SubscriptionRef.get(ref),
      changes: ref.changes.pipe(Stream.changesWith((before, after) => before === after)),
      use: Effect.fn("CurrentSession.use")(function* (to) {
        const stored = (["account", "target", "persist"] as const).find((name) => to[name] !== undefined)
        if (stored !== undefined) return yield* notStored(stored)
        const overrides = yield* toOverrides(to)
        return yield* SubscriptionRef.updateAndGet(ref, (session) => withinAccount(session, overrides))
      })
    })
  )

const notStored = (axis: string): InvalidArgument =>
  new InvalidArgument({
    message: `This session was made by the program: ${axis} needs a configuration, and there is none here.`,
    hints: [],
    details: { axis }
  })

const withHeadersOf =
  (first: SwitchState) =>
  (next: SwitchState): SwitchState =>
    [first, next].some(({ session }) => session.origin === "bridge")
      ? next
      : { ...next, session: next.session.replace({ headers: first.session.headers }) }

/**
 * Runs to its end even if the caller is interrupted meanwhile, so that file and memory never disagree; in a
 * fiber of its own, where its own deadlines work.
 */
const toTheEnd = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.flatMap(Effect.forkDaemon(Effect.interruptible(effect)), Fiber.join)

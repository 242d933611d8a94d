/** What commands ask of the resolver, with its notices said on stderr. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Globals, sessionRequest } from "./Globals.ts"
import type { Terminal } from "./Terminal.ts"
import { withService } from "./withService.ts"
import { notice, notices, warning } from "./output.ts"
import { accountNamed } from "../../domain/config/named.ts"
import { invalid } from "./invalid.ts"
import type { Identity } from "../../domain/session/Caller.ts"
import { type Resolution, toSession } from "../../domain/session/Resolution.ts"
import type { Session } from "../../domain/session/Session.ts"
import { namesOf } from "../../domain/session/SessionNames.ts"
import { MeCache } from "../../services/api/MeCache.ts"
import { describeOverride, once, OverrideListener } from "../../services/api/OverrideListener.ts"
import { ConfigStore } from "../../services/config/ConfigStore.ts"
import { SessionResolver } from "../../services/session/SessionResolver.ts"

/** The outcome of every axis for this command line. */
export const resolution = Effect.gen(function* () {
  const request = yield* sessionRequest
  const resolver = yield* SessionResolver
  const resolved: Resolution = yield* resolver.inspect(request)
  yield* notices(resolved.notices)
  yield* Effect.forEach(usedIn(resolved), (used) => Effect.logDebug(used), { discard: true })
  return resolved
})

/** Says when a command run now would not use what was just set; a session that does not resolve says so itself. */
export const noteNotInForce = (set: Partial<Record<keyof Resolution["explain"], string>>) =>
  Effect.gen(function* () {
    const resolver = yield* SessionResolver
    const { explain } = yield* resolver.inspect(yield* sessionRequest)
    for (const axis of ["account", "project", "workspace"] as const) {
      const winner = explain[axis].find(({ status }) => status === "used")
      if (set[axis] === undefined || winner?.value === set[axis]) continue
      const own = explain[axis].find(({ value }) => value === set[axis])
      return yield* notice(
        winner === undefined
          ? `${axis} ${set[axis]} is not used now: ${own?.reason ?? "another one was chosen"}.`
          : `${winner.origin} overrides it: ${axis} ${winner.value} is used.`
      )
    }
  }).pipe(Effect.ignore)

/** What won on each axis, for `--verbose`. */
const usedIn = ({ explain }: Resolution): ReadonlyArray<string> =>
  Object.entries(explain).flatMap(([axis, candidates]) =>
    candidates.flatMap(({ origin, status, value }) => (status === "used" ? [`${axis} ${value} (${origin})`] : []))
  )

export const session = Effect.flatMap(resolution, toSession)

/** The names behind a session's ids, from the cache: no network. */
export const sessionNames = ({ account, origin, projectId, workspaceId }: Session) =>
  Effect.map(
    Effect.flatMap(MeCache, (cache) => cache.names({ account, origin })),
    (me) => namesOf(me, projectId, workspaceId)
  )

/** The account named by an argument, else the one that the session would use. */
export const identity = (name: Option.Option<string>) =>
  Effect.gen(function* () {
    if (Option.isNone(name)) {
      const resolved = yield* resolution
      return yield* resolved.identity
    }
    yield* agreeing(name.value)
    const account = yield* accountNamed(yield* Effect.flatMap(ConfigStore, ({ get }) => get), name.value)
    const found: Identity = { account, origin: "config" }
    return found
  })

/** `mp -a one account show two` is a slip, not a choice. */
const agreeing = (name: string) =>
  Effect.flatMap(Globals, ({ account }) =>
    Option.exists(account, (flag) => flag !== name)
      ? invalid(
          `The argument '${name}' and the flag --account name different accounts.`,
          { without: ["account"] },
          { argument: [name, null] }
        )
      : Effect.void
  )

export const reportingOverrides = <A, E, R>(command: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.context<Globals | Terminal>(), (context) =>
    withService(
      OverrideListener,
      once((override) => Effect.provide(warning(describeOverride(override)), context))
    )(command)
  )

/** Sessions, credentials and clients for the tests of the HTTP client. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { OAuthBrowserAccount, ServiceAccount } from "#src/domain/account/Account.ts"
import { AccountName, ProjectId } from "#src/domain/account/identifiers.ts"
import { Session, Project } from "#src/domain/session/Session.ts"
import { type ScriptedHandler, layer as scripted } from "#src/layers/memory/ScriptedHttp.ts"
import { layer as clientLayer } from "#src/services/api/MixpanelHttpClient.ts"
import { ProjectCredentials } from "#src/services/api/ProjectCredentials.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"

export const secret = "s3cr3t/+=&?Ünïcode"
export const headerSecret = "hdr-v4lue/+secret"
export const tokenNumber = (n: number): string => `tok3n/+${n}=${"x".repeat(20)}`

const project = new Project({ id: ProjectId.make("3018488") })

export const serviceSession = new Session({
  origin: "config",
  account: new ServiceAccount({
    name: AccountName.make("team"),
    region: "us",
    username: "team.292e7c",
    secret: Redacted.make(secret)
  }),
  project,
  headers: { "X-Corp": Redacted.make(headerSecret) }
})

export const browserSession = new Session({
  origin: "config",
  account: new OAuthBrowserAccount({ name: AccountName.make("me"), region: "eu" }),
  project
})

/** A resolver that counts: bearer number n after n refusals. */
export class Tokens extends Context.Tag("test/Tokens")<
  Tokens,
  { asked: number; refused: Array<string>; renew: boolean }
>() {}

export const tokens = (renew = true): Layer.Layer<TokenResolver | Tokens> => {
  const state = { asked: 0, refused: new Array<string>(), renew }
  return Layer.merge(
    Layer.succeed(Tokens, state),
    Layer.succeed(TokenResolver, {
      bearer: () =>
        Effect.sync(() => {
          state.asked++
          return { token: Redacted.make(tokenNumber(state.refused.length)), expiresAt: Option.none() }
        }),
      refused: (_account, _origin, bearer) =>
        Effect.sync(() => {
          state.refused.push(Redacted.value(bearer))
          return state.renew
        })
    })
  )
}

export const projectKeys = (keys: {
  readonly secret?: string
  readonly token?: string
}): Layer.Layer<ProjectCredentials> =>
  Layer.succeed(
    ProjectCredentials,
    ProjectCredentials.of({
      forProject: () =>
        Effect.succeed({
          secret: Option.map(Option.fromNullable(keys.secret), Redacted.make),
          token: Option.map(Option.fromNullable(keys.token), Redacted.make)
        })
    })
  )

/** The client over a scripted network. */
export const over = (
  handler: ScriptedHandler,
  options: { readonly renew?: boolean; readonly keys?: { readonly secret?: string; readonly token?: string } } = {}
) =>
  clientLayer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(scripted(handler), tokens(options.renew ?? true), projectKeys(options.keys ?? {}))
    )
  )

/** A tracer that keeps everything that spans were told. */
export const recordingTracer = () => {
  const told = new Array<unknown>()
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      told.push(name)
      return {
        _tag: "Span",
        name,
        spanId: `${told.length}`,
        traceId: "t",
        parent,
        context,
        links: [...links],
        kind,
        sampled: true,
        status: { _tag: "Started", startTime },
        attributes,
        attribute: (key, value) => void told.push([key, value]),
        event: (event, _at, more) => void told.push([event, more]),
        end: (_at, exit) => void told.push(Exit.isFailure(exit) ? exit.cause.toJSON() : "ok"),
        addLinks: () => {}
      }
    },
    context: (f) => f()
  })
  return { tracer, told }
}

/** A login without a person: a program opens the address and presses the sandbox's button. Yours is opened by a browser. */
import { fileURLToPath } from "node:url"
import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Stream } from "effect"
import { type LoginEvent, type OAuthBrowserAccount, OAuthFlow, TokenStore } from "effect-mixpanel"

const person = fileURLToPath(new URL("../from-python/person.mjs", import.meta.url))

const approve = (event: LoginEvent) =>
  event._tag === "Waiting"
    ? Command.exitCode(Command.make(process.execPath, person, event.url)).pipe(
        Effect.provide(NodeContext.layer),
        Effect.orDie
      )
    : Effect.void

/** Logs an account in, and keeps its tokens in the token store. */
export const logIn = ({ name, region }: OAuthBrowserAccount) =>
  Effect.gen(function* () {
    const flow = yield* OAuthFlow
    const store = yield* TokenStore
    return yield* flow.login({
      region,
      keep: (tokens) => store.put(name, tokens),
      openBrowser: false,
      timeoutSeconds: 60,
      pastes: Stream.empty,
      alwaysPaste: false,
      pastesAreFinal: false,
      report: (event) => Effect.asVoid(approve(event))
    })
  })

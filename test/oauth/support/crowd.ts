/**
 * Many processes in one: resolvers that know nothing of each other over the same files, the same lock and the
 * same server, all on the test's clock.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { exitCodeOf } from "#src/cli/app/exitCode.ts"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { makeAuthority } from "./StrictAuthority.ts"
import { bearer, clientId, over, tokensOf, tokensPath } from "./world.ts"

const home = "/home/test"

export interface CrowdOptions {
  readonly count: number
  /** How long the server thinks. */
  readonly thinks: "14 seconds" | "16 seconds"
  /** What it says then; by default what the rules say. */
  readonly says?: ScriptedHttp.ScriptedResponse
  /** For seeding bugs: other locks. */
  readonly change?: (files: CredentialFilesShape) => CredentialFilesShape
}

interface CrowdResult {
  readonly right: number
  /** Errors by their code, with the exit code that they lead to. */
  readonly errors: Readonly<Record<string, number>>
  readonly requests: number
  readonly reuses: number
  /** Requests that were sent while nobody held the lock, or while another one was being answered. */
  readonly unlocked: number
}

/** All of them ask at once for a bearer that has expired. */
export const runCrowd = ({ change = (files) => files, count, says, thinks }: CrowdOptions) =>
  Effect.scoped(
    Effect.gen(function* () {
      const authority = makeAuthority()
      const memory = yield* Layer.build(
        MemoryFiles.layerWith({ [tokensPath(home)]: tokensText(tokensOf(authority.login(clientId))) })
      )
      let holders = 0
      let inFlight = 0
      let requests = 0
      let unlocked = 0
      const files = Context.get(memory, CredentialFiles)
      const watched: CredentialFilesShape = {
        ...files,
        withLock: (path, options) => (use) =>
          files.withLock(
            path,
            options
          )((lock) =>
            Effect.acquireUseRelease(
              Effect.sync(() => (holders += 1)),
              () => use(lock),
              () => Effect.sync(() => (holders -= 1))
            )
          )
      }
      const handler: ScriptedHttp.ScriptedHandler = ({ body }) =>
        Effect.acquireUseRelease(
          Effect.sync(() => {
            requests += 1
            inFlight += 1
            if (holders !== 1 || inFlight !== 1) unlocked += 1
          }),
          () => Effect.as(Effect.sleep(thinks), says ?? authority.refresh(new URLSearchParams(body))),
          () => Effect.sync(() => (inFlight -= 1))
        )
      const process = over(Layer.succeed(CredentialFiles, change(watched)), ScriptedHttp.layer(handler), home)
      const asking = yield* Effect.forEach(Array.from({ length: count }), () =>
        Effect.fork(Effect.either(Effect.provide(bearer, process)))
      )
      yield* TestClock.adjust("1 millis")
      for (let second = 0; second < 62; second += 1) yield* TestClock.adjust("1 seconds")
      const errors: Record<string, number> = {}
      let right = 0
      for (const fiber of asking) {
        const exit = yield* Fiber.await(fiber)
        if (Exit.isFailure(exit)) throw new Error("a defect or an interruption")
        const answer = exit.value
        if (answer._tag === "Right") right += authority.accepts(answer.right) ? 1 : 0
        else {
          const key = `${answer.left.code} ${exitCodeOf(answer.left)}`
          errors[key] = (errors[key] ?? 0) + 1
        }
      }
      const result: CrowdResult = { right, errors, requests, reuses: authority.figures().reuses, unlocked }
      return result
    })
  )

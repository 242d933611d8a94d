/** One request from its dispatch to its answer, in undici's terms. */
import type { Dispatcher } from "undici"
import { ReceivedBody } from "./ReceivedBody.ts"

/** By lower-case name; a name that came several times has a list. */
export type ReceivedHeaders = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** Who is told of the answer's beginning, or that there will be none. */
export interface Awaiting {
  readonly onAnswer: (status: number, headers: ReceivedHeaders, body: ReceivedBody) => void
  readonly onFailure: (error: unknown) => void
}

/** Hands the answer on when its headers are there, and its body as it comes. */
export class Reception implements Dispatcher.DispatchHandler {
  /** Let go once it was told: what it holds would keep a forgotten answer from being collected. */
  #awaiting: Awaiting | undefined
  #controller: Dispatcher.DispatchController | undefined
  #body: ReceivedBody | undefined
  #isGivenUp = false

  constructor(awaiting: Awaiting) {
    this.#awaiting = awaiting
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isGivenUp) controller.abort(givenUp())
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void {
    if (status < 200) return
    this.#body = new ReceivedBody(controller)
    this.#told()?.onAnswer(status, headers, this.#body)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.#body?.end()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#body?.fail(error)
    this.#told()?.onFailure(error)
  }

  /** Stops it wherever it is; a request that is still waiting for a connection is not sent. */
  giveUp(): void {
    this.#isGivenUp = true
    this.#awaiting = undefined
    this.#controller?.abort(givenUp())
  }

  #told(): Awaiting | undefined {
    const awaiting = this.#awaiting
    this.#awaiting = undefined
    return awaiting
  }
}

const givenUp = (): Error => new Error("the request was given up")

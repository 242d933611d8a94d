import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Config from "../../config/ConfigDocument.ts"
import type { ResolutionError } from "../../errors.ts"
import type { Inputs } from "./Inputs.ts"
import type { SessionHeaders } from "../SessionHeaders.ts"
import { type ResolvedIdentity, usedBridge } from "./bridge.ts"

export const sessionHeaders = (
  inputs: Inputs,
  identity: ResolvedIdentity
): Either.Either<SessionHeaders, ResolutionError> =>
  Either.map(Config.customHeader(inputs.config), (settings) =>
    mergeHeaders(
      [
        ...Option.toArray(settings),
        ...Option.toArray(usedBridge(inputs, identity)).flatMap(({ file }) =>
          Object.entries(file.headers).map(([name, value]) => ({ name, value }))
        )
      ],
      Option.toArray(inputs.environment.customHeader)
    )
  )

interface Header {
  readonly name: string
  readonly value: Redacted.Redacted
}

/** Header names are the same in any case; later ones replace earlier ones, `below` everything. */
const mergeHeaders = (headers: ReadonlyArray<Header>, below: ReadonlyArray<Header>): SessionHeaders => {
  const byName = new Map([...below, ...headers].map((header) => [header.name.toLowerCase(), header]))
  return Object.fromEntries([...byName.values()].map(({ name, value }) => [name, value]))
}

/** The bridge file: found, checked and decoded. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { decodeBridge } from "../domain/BridgeFile.ts"
import { describeIssues } from "../domain/decode.ts"
import { quoted } from "../domain/Command.ts"
import { ConfigError } from "../domain/errors.ts"
import { parseJson } from "../domain/json.ts"
import type { LoadedBridge } from "../domain/Resolution.ts"
import { CredentialFiles } from "./CredentialFiles.ts"
import { Locations } from "./Locations.ts"

/** The bridge that is in force, if any, and what a person should know about how it was found. */
export interface FoundBridge {
  readonly bridge: Option.Option<LoadedBridge>
  readonly notices: ReadonlyArray<string>
}

export class Bridge extends Context.Tag("effect-mixpanel/Bridge")<
  Bridge,
  {
    /**
     * Searches `MP_AUTH_FILE` (alone, when set), `~/.claude/mixpanel/auth.json`, `./mixpanel_auth.json`;
     * the first file that exists is the one, and must be sound.
     */
    readonly find: Effect.Effect<FoundBridge, ConfigError>
  }
>() {}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations

  const load = (path: string): Effect.Effect<Option.Option<LoadedBridge>, ConfigError> =>
    files.read(path).pipe(
      Effect.mapError(ConfigError.fromFile),
      Effect.flatMap(
        Option.match({
          onNone: () => Effect.succeedNone,
          onSome: (text) => Effect.map(decode(path, text), Option.some)
        })
      )
    )

  const loadExplicit = (path: string): Effect.Effect<FoundBridge, ConfigError> =>
    Effect.map(load(path), (bridge) => ({
      bridge,
      notices: Option.isSome(bridge) ? [] : [`MP_AUTH_FILE names ${path}, which does not exist: no bridge is used.`]
    }))

  const search = (
    home: Option.Option<string>,
    workingDirectory: Option.Option<string>
  ): Effect.Effect<FoundBridge, ConfigError> =>
    Effect.flatMap(Option.match(home, { onNone: () => Effect.succeedNone, onSome: load }), (atHome) =>
      Option.isSome(atHome) || Option.isNone(workingDirectory)
        ? Effect.succeed({ bridge: atHome, notices: [] })
        : Effect.map(load(workingDirectory.value), (here) => ({
            bridge: here,
            notices: Option.toArray(here).map(({ path }) => `Using the bridge ${path} of the working directory.`)
          }))
    )

  return Bridge.of({
    find: Effect.flatMap(
      Effect.mapError(locations.bridge, ConfigError.fromFile),
      ({ explicit, home, workingDirectory }) =>
        Option.match(explicit, { onNone: () => search(home, workingDirectory), onSome: loadExplicit })
    )
  })
})

/** Decodes the text of a bridge. */
export const decode = (path: string, text: string): Either.Either<LoadedBridge, ConfigError> =>
  Either.flatMap(
    Either.mapLeft(parseJson(text), (problem) => unusable(path, `it is ${problem}`)),
    (json) =>
      Either.mapBoth(decodeBridge(json), {
        onLeft: (issues) => unusable(path, describeIssues(issues)),
        onRight: (file) => ({ path, file })
      })
  )

const unusable = (path: string, why: string) =>
  new ConfigError({
    message: `The bridge ${path} cannot be used: ${why}.`,
    hints: [
      `mp account export-bridge --to ${quoted(path)}  # on the machine that has the account`,
      `rm ${quoted(path)}`
    ],
    details: { path }
  })

export const layer: Layer.Layer<Bridge, never, CredentialFiles | Locations> = Layer.effect(Bridge, make)

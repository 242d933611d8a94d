/** The whole library without a world: files, variables and HTTP in memory. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Path from "@effect/platform/Path"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { userAgent } from "../../domain/api/RequestHeaders.ts"
import { compose } from "../../services/compose.ts"
import type { ExternalSecrets } from "../../services/platform/ExternalSecrets.ts"
import type { Browser } from "../../services/oauth/Browser.ts"
import type { CallbackListener } from "../../services/oauth/CallbackListener.ts"
import type { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import { Crypto } from "../../services/platform/Crypto.ts"
import type { FileInspector } from "../../services/platform/FileInspector.ts"
import { Locations, make as locations } from "../../services/platform/Locations.ts"
import type { CredentialStorage } from "../../services/storage/CredentialStorage.ts"
import * as DiskStorage from "../../services/storage/DiskStorage.ts"
import * as FixedCrypto from "./FixedCrypto.ts"
import * as MemoryFiles from "./MemoryFiles.ts"
import * as ScriptedBrowser from "./ScriptedBrowser.ts"
import * as ScriptedCallbacks from "./ScriptedCallbacks.ts"
import * as ScriptedSecrets from "./ScriptedSecrets.ts"
import * as ScriptedHttp from "./ScriptedHttp.ts"

/**
 * The home directory of the in-memory machine.
 * @since 0.1.0
 * @category testing
 */
export const home = "/home/test"

/**
 * Where `config.toml` is on the in-memory machine.
 * @since 0.1.0
 * @category testing
 */
export const configPath = `${home}/.mp/config.toml`

/**
 * What the in-memory machine holds at the beginning, and who sits in front of it.
 * @since 0.1.0
 * @category testing
 */
export interface MemoryWorld {
  /** Files by absolute path; a path that starts with `~/` is below `home`. */
  readonly files?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  /** Where the process is; a path that starts with `~/` is below `home`, and without one it is `~/work`. */
  readonly workingDirectory?: string
  /** Answers HTTP requests; by default there is no network. */
  readonly http?: ScriptedHttp.ScriptedHandler
  /** What the commands write that give credentials; by default no program is installed. */
  readonly commands?: ScriptedSecrets.ScriptedCommand
  /** What keeps the configuration, logins and caches in place of `files`, such as a `MemoryStorage` that several worlds share. */
  readonly credentialStorage?: Layer.Layer<CredentialStorage>
  /** What the person does with a page that is opened; by default it is approved with the code `approved`. */
  readonly person?: (url: URL) => Effect.Effect<unknown, never, ScriptedCallbacks.ScriptedCallbacks>
}

/**
 * Every service of this library, with nothing real behind it. `MemoryFilesControl` looks at and plants
 * files, `ScriptedHttp` tells what was sent, `ScriptedBrowser` what was opened, `ScriptedCallbacks` delivers
 * redirects, `ScriptedSecrets` tells which commands ran.
 *
 * @example
 * ```ts
 * const world = layer({
 *   files: { "~/.mp/config.toml": "[active]\naccount = \"team\"\n…" },
 *   http: () => ({ status: 200, body: ["Login", "Sign Up"] })
 * })
 * ```
 * @since 0.1.0
 * @category testing
 */
export const layer = (world: MemoryWorld = {}) =>
  compose({
    ...parts,
    credentialStorage: world.credentialStorage ?? Layer.fresh(DiskStorage.layer),
    userAgent: userAgent("memory")
  }).pipe(
    Layer.provideMerge(ScriptedBrowser.layer(world.person ?? approve)),
    Layer.provideMerge(ScriptedCallbacks.layer),
    Layer.provideMerge(ScriptedHttp.layer(world.http ?? noNetwork)),
    Layer.provideMerge(ScriptedSecrets.layer(world.commands ?? ScriptedSecrets.noCommands, home)),
    Layer.provideMerge(MemoryFiles.layerWith(absolute(world.files ?? {}))),
    Layer.provideMerge(memoryLocations(absolutePath(world.workingDirectory ?? "~/work"))),
    Layer.provideMerge(Layer.merge(FixedCrypto.layer, Path.layer)),
    Layer.provideMerge(
      Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(world.environment ?? {}))))
    )
  )

/** All of them come from what the layer is made of: it shows what was asked of them. */
const parts = {
  credentialFiles: Layer.context<CredentialFiles>(),
  fileInspector: Layer.context<FileInspector>(),
  locations: Layer.context<Locations>(),
  crypto: Layer.context<Crypto>(),
  path: Layer.context<Path.Path>(),
  browser: Layer.context<Browser>(),
  callbackListener: Layer.context<CallbackListener>(),
  externalSecrets: Layer.context<ExternalSecrets>(),
  httpClient: Layer.context<HttpClient.HttpClient>()
}

const memoryLocations = (cwd: string) =>
  Layer.effect(
    Locations,
    Effect.map(Effect.all([Path.Path, Crypto]), ([path, crypto]) => locations({ home, cwd }, path, crypto))
  )

const approve = (url: URL) =>
  Effect.flatMap(ScriptedCallbacks.ScriptedCallbacks, ({ deliver }) =>
    deliver(`code=approved&state=${url.searchParams.get("state")}`)
  )

const noNetwork: ScriptedHttp.ScriptedHandler = () => ({ status: 503, body: "there is no network in this test" })

const absolute = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [absolutePath(path), text]))

const absolutePath = (path: string): string => path.replace(/^~\//, `${home}/`)

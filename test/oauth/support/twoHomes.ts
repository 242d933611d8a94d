/** A host and a virtual machine: two homes on one disk in memory, and one authorization server that is strict. */
import { command } from "#src/domain/hints/Command.ts"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { FileError } from "#src/domain/errors.ts"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import type { CredentialOrigin } from "#src/domain/session/Session.ts"
import { layerWith, MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import * as BridgeExport from "#src/services/bridge/BridgeExport.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { makeAuthority } from "./StrictAuthority.ts"
import { account, clientId, over, tokensOf, tokensPath } from "./world.ts"

export const hostHome = "/home/host"
export const vmHome = "/home/vm"
export const sharedPath = "/shared/auth.json"

const configured = `[active]\naccount = "me"\n\n[accounts.me]\ntype = "oauth_browser"\nregion = "us"\n`

const noSpace = (path: string) =>
  new FileError({
    path,
    problem: "no_space",
    reason: "cannot be written: the disk is full (ENOSPC)",
    fix: command`df -h`
  })

/** A file system whose `/shared` cannot be written. */
const readOnlyShare = (files: CredentialFilesShape): CredentialFilesShape => {
  const refusal = (path: string) =>
    new FileError({ path, problem: "read_only", reason: "cannot be written: read-only (EROFS)", fix: command`mount` })
  const isShared = (path: string) => path.startsWith("/shared/")
  return {
    ...files,
    write: (path, text) => (isShared(path) ? Effect.fail(refusal(path)) : files.write(path, text)),
    reserve: (path, bytes) => (isShared(path) ? Effect.fail(refusal(path)) : files.reserve(path, bytes)),
    withLock: (path, options) => (use) =>
      isShared(path) ? Effect.fail(refusal(path)) : files.withLock(path, options)(use)
  }
}

const variables = (values: Readonly<Record<string, string>>) =>
  Effect.withConfigProvider(
    ConfigProvider.fromMap(new Map(Object.entries({ MP_API_BASE_URL: "http://127.0.0.1:9", ...values })))
  )

export type TwoHomes = Effect.Effect.Success<typeof twoHomes>

/** Both machines over the same files; the host is logged in. */
export const twoHomes = Effect.gen(function* () {
  const authority = makeAuthority()
  let readOnly = false
  let full: (path: string) => FileError | null = () => null
  const first = authority.login(clientId)
  const memory = yield* Layer.build(
    layerWith({
      [`${hostHome}/.mp/config.toml`]: configured,
      [tokensPath(hostHome)]: tokensText(tokensOf(first))
    })
  )
  const plain = yield* Effect.provide(CredentialFiles, memory)
  const control = yield* Effect.provide(MemoryFilesControl, memory)
  const files = (): CredentialFilesShape => (readOnly ? readOnlyShare(plain) : plain)
  const switching: CredentialFilesShape = {
    read: (path) => plain.read(path),
    list: (directory) => plain.list(directory),
    write: (path, text) => Effect.suspend(() => files().write(path, text)),
    reserve: (path, bytes) => Effect.suspend(() => full(path) ?? files().reserve(path, bytes)),
    remove: (path) => plain.remove(path),
    append: (path, line) => plain.append(path, line),
    withLock: (path, options) => (use) => Effect.suspend(() => files().withLock(path, options)(use))
  }
  const strangers = new Set<string>()
  let offline = false
  let projects = {}
  /** `/me`: everybody is the host's user, but for those who are named as strangers. */
  const me = (authorization: string | undefined) => {
    const access = authorization?.slice("Bearer ".length) ?? ""
    if (offline) return { status: 503, body: "" }
    if (!authority.accepts(access)) return { status: 401, body: "" }
    return {
      status: 200,
      body: { results: { user_id: strangers.has(access.split("-")[1] ?? "") ? 666 : 7, projects } }
    }
  }
  const http = ScriptedHttp.layer(({ body, headers, url }) =>
    Effect.delay(
      Effect.sync(() =>
        url.endsWith("/me") ? me(headers["authorization"]) : authority.refresh(new URLSearchParams(body))
      ),
      0
    )
  )
  const machine = (home: string) =>
    Layer.build(
      BridgeExport.layer.pipe(Layer.provideMerge(over(Layer.succeed(CredentialFiles, switching), http, home)))
    )
  const host = yield* machine(hostHome)
  const vm = yield* machine(vmHome)
  type Machine = typeof host

  const bearerOf = (machine: Machine, origin: CredentialOrigin, bridge: string) =>
    Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(account, origin)).pipe(
      Effect.map(({ token }) => Redacted.value(token)),
      variables(bridge === "" ? {} : { MP_AUTH_FILE: bridge }),
      Effect.provide(machine)
    )
  const refusedOf = (machine: Machine, origin: CredentialOrigin, bridge: string, access: string) =>
    Effect.flatMap(TokenResolver, (resolver) => resolver.refused(account, origin, Redacted.make(access))).pipe(
      variables(bridge === "" ? {} : { MP_AUTH_FILE: bridge }),
      Effect.provide(machine)
    )

  return {
    authority,
    first,
    control,
    /** A login of somebody else. */
    stranger: () => {
      const issued = authority.login(clientId)
      strangers.add(issued.access.split("-")[1] ?? "")
      return issued
    },
    /** `/me` cannot be asked. */
    setOffline: (value: boolean) => {
      offline = value
    },
    /** How many projects `/me` names. */
    setProjects: (count: number) => {
      projects = Object.fromEntries(
        Array.from({ length: count }, (_, at) => [
          String(3_000_000 + at),
          { name: `Project ${at} of this company`, id: at }
        ])
      )
    },
    setReadOnly: (value: boolean) => {
      readOnly = value
    },
    /** Below a path no place can be taken; `null` ends it. */
    setFull: (below: string | null) => {
      full = (path) => (below !== null && path.startsWith(below) ? noSpace(path) : null)
    },
    text: (path: string) => Effect.map(control.snapshot, (all) => all[path]),
    exportTo: (to: string, options: { readonly refreshToken?: boolean } = {}) =>
      Effect.flatMap(BridgeExport.BridgeExport, (bridges) => bridges.write({ to, account: "me", ...options })).pipe(
        variables({}),
        Effect.provide(host)
      ),
    removeAt: (path: string) =>
      Effect.flatMap(BridgeExport.BridgeExport, (bridges) => bridges.remove(path)).pipe(
        variables({}),
        Effect.provide(host)
      ),
    /** The host by its own account. */
    host: bearerOf(host, "config", ""),
    hostRefused: (access: string) => refusedOf(host, "config", "", access),
    /** The host, when it uses the bridge itself. */
    hostBridge: (path = sharedPath) => bearerOf(host, "bridge", path),
    vm: (path = sharedPath) => bearerOf(vm, "bridge", path),
    vmRefused: (access: string, path = sharedPath) => refusedOf(vm, "bridge", path, access)
  }
})

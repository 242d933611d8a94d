/** Where an engine is that machines share, read out of the one setting that says it. No message quotes any of it but host and port. */
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { isLoopback } from "../api/Endpoints.ts"
import { type Command, command } from "../hints/Command.ts"
import { parseUrl, percentDecoded } from "../internal/parseUrl.ts"
import type { Why } from "./StorageError.ts"

export interface StoreAddress {
  readonly engine: "redis" | "postgres"
  readonly host: string
  readonly port: number
  readonly username: string | undefined
  readonly password: Redacted.Redacted | undefined
  /** The number of a Redis database, or the name of one of Postgres; `undefined` for the usual one. */
  readonly database: string | undefined
  readonly isEncrypted: boolean
  /** The file of the authority that has signed the server's certificate, where it is none that Node knows. */
  readonly authority: string | undefined
}

export const redisForm: Command = command`export MP_STORE=rediss://USER:PASSWORD@HOST:PORT`
export const postgresForm: Command = command`export MP_STORE="postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full"`

const schemes: Readonly<Record<string, Pick<StoreAddress, "engine" | "port"> & { readonly form: Command }>> = {
  "redis:": { engine: "redis", port: 6379, form: redisForm },
  "rediss:": { engine: "redis", port: 6379, form: redisForm },
  "postgres:": { engine: "postgres", port: 5432, form: postgresForm },
  "postgresql:": { engine: "postgres", port: 5432, form: postgresForm }
}

const setting = "MP_STORE (url)"

const refused = (reason: string, ...fixes: ReadonlyArray<Command>): Either.Either<never, Why> =>
  Either.left({ reason, temporary: false, fixes })

const encrypting = ["require", "verify-ca", "verify-full"]

/** What may stand behind the question mark: of Postgres, whether and how to encrypt. */
const understood = ({ hash, protocol, searchParams }: URL): boolean =>
  hash === "" &&
  [...searchParams].every(
    ([name, value]) =>
      schemes[protocol]?.engine === "postgres" &&
      (name === "sslmode" ? ["disable", ...encrypting].includes(value) : name === "sslrootcert" && value !== "")
  )

const parseStoreAddress = (text: string): Either.Either<StoreAddress, Why> =>
  Either.gen(function* () {
    const url = parseUrl(text)
    const scheme = url === null ? undefined : schemes[url.protocol]
    if (url === null || scheme === undefined || url.hostname === "") {
      return yield* refused(
        `${setting} is no address that begins with redis:, rediss:, postgres: or postgresql: and names a host (in a password, @ is written as %40, / as %2F, # as %23)`,
        redisForm,
        postgresForm
      )
    }
    const { engine, form, port } = scheme
    const parts = [url.username, url.password, url.pathname.replace(/^\//, "")].map(percentDecoded)
    if (parts.includes(null)) {
      return yield* refused(`a % in ${setting} is followed by no two digits: % itself is written as %25`, form)
    }
    const [username, password, database] = parts
    if (!understood(url)) {
      return yield* refused(
        `what follows ? or # in ${setting} is not understood: with Postgres that is sslmode=${encrypting.join("|")} and sslrootcert=FILE alone, with Redis nothing`,
        form
      )
    }
    if (engine === "redis" && !/^\d{0,4}$/.test(database ?? "")) {
      return yield* refused(`what follows / in ${setting} is no number of a Redis database`, form)
    }
    const authority = url.searchParams.get("sslrootcert")
    return {
      engine,
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port === "" ? port : Number(url.port),
      username: username || undefined,
      password: password ? Redacted.make(password) : undefined,
      database: database || undefined,
      isEncrypted: url.protocol === "rediss:" || encrypting.includes(url.searchParams.get("sslmode") ?? ""),
      // `system` is what Node does by itself.
      authority: authority === null || authority === "system" ? undefined : authority
    }
  })

/** The same, of an address that nobody on the way to it can listen at. */
export const parseSafeAddress = (text: string, allowPlain: boolean): Either.Either<StoreAddress, Why> =>
  Either.flatMap(parseStoreAddress(text), (address) => {
    const { engine, host, isEncrypted } = address
    if (isEncrypted || allowPlain || isLoopback(host) || host === "::1") return Either.right(address)
    const plain = (how: string) =>
      `${setting} leads to another machine without TLS: ${how} encrypts (in a program, allowPlain goes without)`
    return engine === "redis"
      ? refused(plain("rediss:"), redisForm)
      : refused(plain("sslmode=verify-full"), postgresForm)
  })

/** For messages: without user, password and what follows `?`. */
export const shownAddress = (text: string): string =>
  Either.match(parseStoreAddress(text), {
    onLeft: () => "the shared store",
    onRight: ({ database, engine, host, isEncrypted, port }) =>
      `${engine}${engine === "redis" && isEncrypted ? "s" : ""}://${host.includes(":") ? `[${host}]` : host}:${port}${database === undefined ? "" : `/${database}`}`
  })

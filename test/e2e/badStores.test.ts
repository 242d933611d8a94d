/**
 * Whatever can be wrong with the store of `MP_STORE`, on the built `mp` with a real Redis and a real Postgres: one sentence
 * with the setting's name, the command that mends it, the right exit code; nothing sent to Mixpanel, nothing lost, and no
 * secret told.
 */
import { describe, expect, it } from "@effect/vitest"
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { execFile } from "node:child_process"
import { cp, mkdir, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { migrationText } from "#src/layers/sql/table.ts"
import { freePort } from "../layers/node/login/sockets.ts"
import { clientOf, postgresLayer } from "../layers/storage/engines.ts"
import { postgresPassword, postgresServer, postgresStandby, redisServer } from "../layers/storage/servers.ts"
import { builtMp, makeHome, runMp } from "../support/mp.ts"
import { needs, programPath } from "../support/needs.ts"

const password = "pa55-w0rd"
const bytes = Buffer.alloc(32, 7).toString("base64")
const key = `k1:${bytes}`
const otherBytes = Buffer.alloc(32, 9).toString("base64")

const redisForm = "export MP_STORE=rediss://USER:PASSWORD@HOST:PORT"
const postgresForm = 'export MP_STORE="postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full"'
const newKey = 'export MP_STORE_KEY="k1:$(openssl rand -base64 32)"'
const grant = `psql postgres://OWNER:PASSWORD@HOST:5432/DATABASE -c 'GRANT SELECT, INSERT, UPDATE, DELETE ON mixpanel_credentials TO "USER"'`

type Variables = Readonly<Record<string, string>>

interface Case {
  readonly name: string
  readonly env: Variables
  /** What stands behind the store's name. */
  readonly says: string | RegExp
  readonly fix?: string
  /** 1 unless given: a setting is wrong. */
  readonly code?: 1 | 75
  readonly before?: Effect.Effect<unknown, unknown>
  readonly after?: Effect.Effect<unknown, unknown>
}

/** Whatever connects. */
const listener = (answers: boolean) =>
  Effect.gen(function* () {
    let connections = 0
    const server = yield* Effect.acquireRelease(
      Effect.async<ReturnType<typeof createServer>>((resume) => {
        const made = createServer((socket) => {
          connections += 1
          socket.on("error", () => undefined)
          if (answers) socket.end("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n")
        }).listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
      }),
      (made) => Effect.sync(() => made.close())
    )
    const address = server.address()
    return {
      port: typeof address === "object" && address !== null ? address.port : 0,
      connections: () => connections
    }
  })

interface Ground {
  readonly mixpanel: Effect.Effect.Success<ReturnType<typeof listener>>
  readonly secrets: ReadonlyArray<string>
  /** All that the engine holds. */
  readonly dump: Effect.Effect<string, unknown>
}

const commands = [
  ["account", "token", "me"],
  ["account", "list"],
  ["session"],
  ["api", "/api/app/me"],
  ["query", "segmentation", "-e", "Login", "--from", "2026-01-01", "--to", "2026-01-02"]
]

const told = (
  { dump, mixpanel, secrets }: Ground,
  { env, before = Effect.void, after = Effect.void }: Case,
  at: number
) =>
  Effect.gen(function* () {
    const home = yield* makeHome()
    yield* before
    const held = yield* dump
    const words = [...(commands[at % commands.length] ?? []), "--format", "json", "--verbose"]
    const { code, stderr, stdout } = yield* runMp(words, {
      home,
      env: { MP_STORE_KEY: key, MP_API_BASE_URL: `http://127.0.0.1:${mixpanel.port}`, ...env }
    })
    const isKept = (yield* dump) === held
    yield* after
    const lines: ReadonlyArray<{
      readonly error?: { readonly message: string; readonly hints: ReadonlyArray<string> }
    }> = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
    const error = lines.at(-1)?.error
    const leaks = secrets.filter((secret) => `${stdout}${stderr}`.includes(secret))
    return {
      code,
      stdout,
      message: error?.message ?? "",
      hints: error?.hints ?? [],
      isKept,
      leaks,
      sent: mixpanel.connections()
    }
  })

const examined = (ground: Ground, cases: ReadonlyArray<Case>) =>
  Effect.forEach(cases, (one, at) =>
    Effect.map(told(ground, one, at), ({ code, hints, isKept, leaks, message, sent, stdout }) => {
      const isSaid = typeof one.says === "string" ? message.includes(one.says) : one.says.test(message)
      return {
        name: one.name,
        code,
        says: isSaid && message.includes("MP_STORE") ? "as it should" : message,
        fix: one.fix === undefined || hints.includes(one.fix) ? one.fix : hints,
        rest: { isKept, leaks, sent, stdout }
      }
    })
  ).pipe(
    Effect.map((seen) =>
      expect(seen).toEqual(
        cases.map(({ code = 1, fix, name }) => ({
          name,
          code,
          says: "as it should",
          fix,
          rest: { isKept: true, leaks: [], sent: 0, stdout: "" }
        }))
      )
    )
  )

/** What is wrong before anybody is asked. */
const settings: ReadonlyArray<Case> = [
  ...[
    "s3cret-text",
    "mysql://u:s3cret-text@db",
    "redis://",
    "postgres:///db",
    "redis://h:s3cret-text",
    "https://:s3cret-text@h"
  ].map((url) => ({
    name: url,
    env: { MP_STORE: url },
    says: "MP_STORE (url) is no address that begins with redis:",
    fix: redisForm
  })),
  {
    name: "a password with a slash",
    env: { MP_STORE: "postgres://u:s3cret-text/x@db/d" },
    says: "/ as %2F",
    fix: postgresForm
  },
  {
    name: "no digits behind %",
    env: { MP_STORE: "rediss://u:s3cret-text%zz@h" },
    says: "% itself is written as %25",
    fix: redisForm
  },
  {
    name: "a query",
    env: { MP_STORE: "rediss://h?s3cret-text=1" },
    says: "what follows ? or # in MP_STORE (url)",
    fix: redisForm
  },
  {
    name: "an unknown sslmode",
    env: { MP_STORE: "postgres://h/d?sslmode=prefer" },
    says: "sslmode=require|verify-ca|verify-full",
    fix: postgresForm
  },
  {
    name: "no database number",
    env: { MP_STORE: "rediss://h/team" },
    says: "is no number of a Redis database",
    fix: redisForm
  },
  {
    name: "no TLS to a Redis elsewhere",
    env: { MP_STORE: "redis://:s3cret-text@cache.invalid" },
    says: "MP_STORE (url) leads to another machine without TLS: rediss: encrypts",
    fix: redisForm
  },
  {
    name: "no TLS to a Postgres elsewhere",
    env: { MP_STORE: "postgres://u:s3cret-text@db.invalid/d" },
    says: "MP_STORE (url) leads to another machine without TLS: sslmode=verify-full encrypts",
    fix: postgresForm
  },
  {
    name: "a cache of no number",
    env: { MP_STORE: "redis://127.0.0.1:1", MP_STORE_CACHE: "1m" },
    says: "MP_STORE_CACHE is no whole number from 0 to 86400",
    fix: "export MP_STORE_CACHE=60"
  },
  {
    name: "replicas of no number",
    env: { MP_STORE: "redis://127.0.0.1:1", MP_STORE_REPLICAS: "-1" },
    says: "MP_STORE_REPLICAS is no whole number from 0 to 99",
    fix: "export MP_STORE_REPLICAS=0"
  },
  {
    name: "replicas of a Postgres",
    env: { MP_STORE: "postgres://127.0.0.1:1/d", MP_STORE_REPLICAS: "1" },
    says: "MP_STORE_REPLICAS is for Redis",
    fix: "unset MP_STORE_REPLICAS"
  },
  ...["redis://127.0.0.1:1", "postgres://127.0.0.1:1/d"].flatMap(
    (MP_STORE): ReadonlyArray<Case> => [
      { name: "no key", env: { MP_STORE, MP_STORE_KEY: "" }, says: "MP_STORE_KEY (keys) holds no key", fix: newKey },
      {
        name: "a short key",
        env: { MP_STORE, MP_STORE_KEY: "k1:c2hvcnQ=" },
        says: "has 5 bytes, and 32 are needed",
        fix: newKey
      },
      {
        name: "a key that is not base64",
        env: { MP_STORE, MP_STORE_KEY: "k1:s3cret-text!" },
        says: "key 1 of MP_STORE_KEY (keys) is not of the form ID:BASE64",
        fix: newKey
      },
      {
        name: "two keys of a name",
        env: { MP_STORE, MP_STORE_KEY: `${key},k1:${otherBytes}` },
        says: "MP_STORE_KEY (keys) holds two keys of the name k1",
        fix: newKey
      },
      {
        name: "a namespace that is no name",
        env: { MP_STORE, MP_STORE_NAMESPACE: "team:*" },
        says: "MP_STORE_NAMESPACE (namespace) is not 1 to 64",
        fix: "export MP_STORE_NAMESPACE=mp"
      },
      { name: "nobody there", env: { MP_STORE }, says: "cannot be used: the connection was refused", code: 75 }
    ]
  )
]

const secrets = ["s3cret-text", password, postgresPassword, bytes, otherBytes]

/** Without its driver: beside a copy of mp there is none. */
const withoutDrivers = (MP_STORE: string) =>
  Effect.gen(function* () {
    const home = yield* makeHome()
    const bundle = join(home, "mp/dist/bin")
    yield* Effect.promise(() => mkdir(dirname(bundle), { recursive: true }))
    yield* Effect.promise(() => cp(dirname(builtMp), bundle, { recursive: true }))
    return yield* runMp(["account", "list"], {
      home,
      bundle: join(bundle, "mp.cjs"),
      env: { MP_STORE, MP_STORE_KEY: key }
    })
  })

describe("a store that is wrong before anybody is asked", () => {
  it.scopedLive(
    "is told, and nothing is sent",
    () =>
      Effect.gen(function* () {
        const mixpanel = yield* listener(true)
        yield* examined({ mixpanel, secrets, dump: Effect.succeed("") }, settings)
      }),
    240_000
  )

  it.scopedLive("without its driver names the package", () =>
    Effect.gen(function* () {
      for (const [driver, url] of [
        ["ioredis", "redis://127.0.0.1:1"],
        ["pg", "postgres://127.0.0.1:1/d"]
      ] as const) {
        const { code, stderr } = yield* withoutDrivers(url)
        expect({ code, stderr }).toEqual({
          code: 1,
          stderr: expect.stringMatching(
            new RegExp(
              `^error: ${driver === "pg" ? "postgres" : "redis"}://127.0.0.1:1\\S* \\(MP_STORE\\), namespace mp cannot be used: the package ${driver} is not installed beside this program\\.\ntry:\n {2}npm install --global ${driver}\n {2}npm install ${driver}\n$`
            )
          )
        })
      }
    })
  )

  it.scopedLive("costs nothing where MP_STORE is not set: what it needs is not even read", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const bin = join(home, "mp/dist/bin")
      yield* Effect.promise(() => mkdir(dirname(bin), { recursive: true }))
      yield* Effect.promise(() => cp(dirname(builtMp), bin, { recursive: true }))
      yield* Effect.promise(() => rm(join(bin, "store.cjs")))
      const mp = (line: string, env: Variables) => runMp(line.split(" "), { home, bundle: join(bin, "mp.cjs"), env })
      for (const env of [{}, { MP_STORE: "" }, { MP_STORE: "file:" }]) {
        for (const line of ["account list", "target list", "config show", "help environment"]) {
          expect(yield* mp(line, env)).toMatchObject({ code: 0 })
        }
      }
      const { stderr } = yield* mp("target list", { MP_STORE: "redis://127.0.0.1:1" })
      expect(stderr).toContain("store.cjs")
    })
  )

  it.scopedLive(
    "that says nothing, or nothing that is understood, is given up in time",
    () =>
      Effect.gen(function* () {
        const home = yield* makeHome()
        for (const answers of [false, true]) {
          const { port } = yield* listener(answers)
          for (const url of [`redis://127.0.0.1:${port}`, `postgres://u:${password}@127.0.0.1:${port}/d`]) {
            const { code, stderr } = yield* runMp(["account", "list"], {
              home,
              env: { MP_STORE: url, MP_STORE_KEY: key }
            })
            expect({ code, stderr }).toEqual({
              code: 75,
              stderr: expect.stringContaining(`://127.0.0.1:${port}`)
            })
            expect(stderr).not.toContain(password)
          }
        }
      }),
    120_000
  )
})

const redis = needs("redis")
describe.skipIf(redis.areUnmet)(redis.title("a Redis"), () => {
  const client = (port: number, options: { readonly password?: string; readonly tls?: object } = {}) =>
    Effect.acquireRelease(
      Effect.sync(() => new Redis({ host: "127.0.0.1", port, ...options })),
      (made) => Effect.sync(() => made.disconnect())
    )

  it.scopedLive(
    "that refuses, evicts, follows, or holds what is not ours",
    () =>
      Effect.gen(function* () {
        const { port } = yield* redisServer("--requirepass", password)
        const admin = yield* client(port, { password })
        const call = (...[first = "", ...words]: ReadonlyArray<string>) =>
          Effect.promise(() => admin.call(first, ...words))
        const MP_STORE = `redis://:${password}@127.0.0.1:${port}`
        const home = yield* makeHome()
        const filled = yield* runMp(
          ["account", "add", "me", "--type", "oauth_token", "--region", "us", "--token-env", "TOKEN"],
          {
            home,
            env: { MP_STORE, MP_STORE_KEY: key }
          }
        )
        expect(filled).toMatchObject({ code: 0 })
        yield* call("ACL", "SETUSER", "narrow", "on", `>${password}`, "~other:*", "+@all")
        const dump = Effect.promise(async () => {
          const names = await admin.keys("*")
          return JSON.stringify(await Promise.all(names.sort().map(async (name) => [name, await admin.hgetall(name)])))
        })
        const config = (yield* Effect.promise(() => admin.hget("mp:config", "data"))) ?? ""
        const mixpanel = yield* listener(true)
        const wrongUser = "it does not know the user and password of MP_STORE (url)"
        yield* examined({ mixpanel, secrets, dump }, [
          {
            name: "a wrong password",
            env: { MP_STORE: `redis://:s3cret-text@127.0.0.1:${port}` },
            says: wrongUser,
            fix: redisForm
          },
          { name: "no password", env: { MP_STORE: `redis://127.0.0.1:${port}` }, says: wrongUser, fix: redisForm },
          {
            name: "no such user",
            env: { MP_STORE: `redis://nobody:${password}@127.0.0.1:${port}` },
            says: wrongUser,
            fix: redisForm
          },
          {
            name: "a user who may not",
            env: { MP_STORE: `redis://narrow:${password}@127.0.0.1:${port}` },
            says: "the user of MP_STORE (url) may not do that (NOPERM)",
            fix: `redis-cli -u "$MP_STORE" ACL SETUSER USER '~NAMESPACE:*' +eval +hexists +hmget +hset +hdel +del +pexpire +scan +time +wait +info +ping`
          },
          {
            name: "no such database",
            env: { MP_STORE: `${MP_STORE}/99` },
            says: "it has no database of the number that MP_STORE (url) ends with",
            fix: redisForm
          },
          {
            name: "TLS where there is none",
            env: { MP_STORE: MP_STORE.replace("redis:", "rediss:") },
            says: /the server does not speak TLS|no answer arrived within 5 s/,
            code: 75
          },
          {
            name: "one that evicts",
            env: { MP_STORE },
            before: call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"),
            after: call("CONFIG", "SET", "maxmemory-policy", "noeviction"),
            says: "it throws logins away when its memory is full (maxmemory-policy allkeys-lru)",
            fix: 'redis-cli -u "$MP_STORE" CONFIG SET maxmemory-policy noeviction'
          },
          {
            name: "a replica",
            env: { MP_STORE },
            before: call("REPLICAOF", "127.0.0.1", "1"),
            after: call("REPLICAOF", "NO", "ONE"),
            says: "MP_STORE (url) leads to a replica, and only its primary 127.0.0.1:1 takes writes",
            fix: "export MP_STORE=rediss://USER:PASSWORD@127.0.0.1:1"
          },
          {
            name: "a foreign key",
            env: { MP_STORE, MP_STORE_KEY: `k2:${otherBytes}` },
            says: "it is sealed with key k1, and MP_STORE_KEY (keys) holds k2 only",
            fix: "export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS"
          },
          {
            name: "another key of the same name",
            env: { MP_STORE, MP_STORE_KEY: `k1:${otherBytes}` },
            says: "it does not open with key k1 of MP_STORE_KEY (keys)",
            fix: "export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS"
          },
          {
            name: "an entry moved from another namespace",
            env: { MP_STORE, MP_STORE_NAMESPACE: "team" },
            before: call("HSET", "team:config", "version", "v", "data", config),
            says: "or moved here from another name or namespace than team",
            fix: "export MP_STORE_NAMESPACE=NAME"
          },
          {
            name: "an entry that was changed",
            env: { MP_STORE },
            before: call("HSET", "mp:config", "data", `${config.slice(0, -2)}AA`),
            after: call("HSET", "mp:config", "data", config),
            says: "it does not open with key k1 of MP_STORE_KEY (keys)",
            fix: "export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS"
          },
          {
            name: "an entry that is not sealed",
            env: { MP_STORE },
            before: call("HSET", "mp:config", "data", "[active]"),
            after: call("HSET", "mp:config", "data", config),
            says: "it is not sealed: whoever wrote it has no MP_STORE_KEY (keys)",
            fix: "export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS"
          }
        ])
        // The server takes any password of a user who needs none, and nothing is written about it.
        yield* call("CONFIG", "SET", "requirepass", "")
        const open = yield* runMp(["account", "list", "--format", "json"], {
          home,
          env: { MP_STORE, MP_STORE_KEY: key }
        })
        expect(open).toMatchObject({ code: 0, stderr: "" })
      }),
    240_000
  )

  it.scopedLive("with a certificate of nobody that is known", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const file = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url))
      const tls = [
        "--tls-port",
        `${port}`,
        "--tls-cert-file",
        file("cert"),
        "--tls-key-file",
        file("key"),
        "--tls-auth-clients",
        "no"
      ]
      yield* redisServer(...tls)
      const home = yield* makeHome()
      const list = (env: Variables) =>
        runMp(["account", "list"], { home, env: { MP_STORE: `rediss://127.0.0.1:${port}`, MP_STORE_KEY: key, ...env } })
      const { code, stderr } = yield* list({})
      expect({ code, stderr }).toEqual({
        code: 75,
        stderr: expect.stringContaining("its certificate is signed by an unknown authority")
      })
      expect(stderr).toContain("\n  export NODE_EXTRA_CA_CERTS=FILE\n")
      expect(yield* list({ NODE_EXTRA_CA_CERTS: file("ca") })).toMatchObject({ code: 0 })
    })
  )
})

const postgres = needs("postgres")
describe.skipIf(postgres.areUnmet)(postgres.title("a Postgres"), () => {
  /** Pastes what a hint says. */
  const paste = (line: string, MP_STORE: string) =>
    Effect.async<void, Error>((resume) => {
      execFile("sh", ["-c", line], { env: { ...process.env, MP_STORE } }, (error) =>
        resume(error === null ? Effect.void : Effect.fail(error))
      )
    })

  it.scopedLive(
    "that refuses, whose table is not ours, or that holds what is not ours",
    () =>
      Effect.gen(function* () {
        const { port } = yield* postgresServer()
        const sql: SqlClient.SqlClient = yield* clientOf(postgresLayer(port))
        const at = (user: string, secret: string, database = "postgres") =>
          `postgres://${user}:${secret}@127.0.0.1:${port}/${database}`
        const MP_STORE = at("postgres", postgresPassword)
        const run = (text: string) => sql.unsafe(text)
        const home = yield* makeHome()
        const mixpanel = yield* listener(true)
        const create = `psql "$MP_STORE" -c '${migrationText}'`
        const empty = { mixpanel, secrets, dump: Effect.succeed("") }
        yield* examined(empty, [
          { name: "no table", env: { MP_STORE }, says: "the table mixpanel_credentials is missing", fix: create }
        ])
        const made = programPath("psql") === undefined ? run(migrationText) : paste(create, MP_STORE)
        yield* made
        yield* run("ALTER TABLE mixpanel_credentials DROP COLUMN previous")
        const mend = `psql "$MP_STORE" -c 'ALTER TABLE mixpanel_credentials ADD COLUMN previous text'`
        yield* examined(empty, [
          {
            name: "an old table",
            env: { MP_STORE },
            says: "the table mixpanel_credentials is of an older version: it has no previous",
            fix: mend
          }
        ])
        yield* programPath("psql") === undefined
          ? run("ALTER TABLE mixpanel_credentials ADD COLUMN previous text")
          : paste(mend, MP_STORE)
        const filled = yield* runMp(
          ["account", "add", "me", "--type", "oauth_token", "--region", "us", "--token-env", "TOKEN"],
          {
            home,
            env: { MP_STORE, MP_STORE_KEY: key }
          }
        )
        expect(filled).toMatchObject({ code: 0 })
        yield* run(`CREATE ROLE stranger LOGIN PASSWORD '${password}'`)
        yield* run("CREATE ROLE asleep NOLOGIN")
        const [row] = yield* sql<{
          readonly value: string
        }>`SELECT value FROM mixpanel_credentials WHERE key = 'config'`
        const config = row?.value ?? ""
        const write = (value: string, space = "mp") =>
          sql`INSERT INTO mixpanel_credentials (namespace, key, value, version) VALUES (${space}, 'config', ${value}, 'v')
            ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value`
        const dump = Effect.map(sql`SELECT * FROM mixpanel_credentials ORDER BY namespace, key`, (rows) =>
          JSON.stringify(rows)
        )
        const wrongUser = "it does not know the user and password of MP_STORE"
        const standby = yield* postgresStandby(port)
        yield* examined({ mixpanel, secrets, dump }, [
          {
            name: "a standby",
            env: { MP_STORE: MP_STORE.replace(`:${port}/`, `:${standby.port}/`) },
            says: "MP_STORE leads to a standby, and only its primary takes writes",
            fix: "export MP_STORE=postgres://USER:PASSWORD@PRIMARY:5432/DATABASE"
          },
          {
            name: "a wrong password",
            env: { MP_STORE: at("postgres", "s3cret-text") },
            says: wrongUser,
            fix: postgresForm
          },
          { name: "no such user", env: { MP_STORE: at("nobody", password) }, says: wrongUser, fix: postgresForm },
          {
            name: "no password",
            env: { MP_STORE: `postgres://postgres@127.0.0.1:${port}/postgres` },
            says: "it wants a password, and MP_STORE has none",
            fix: postgresForm
          },
          {
            name: "no such database",
            env: { MP_STORE: at("postgres", postgresPassword, "nowhere") },
            says: "the database of MP_STORE is not there",
            fix: postgresForm
          },
          {
            name: "a user who may not",
            env: { MP_STORE: at("stranger", password) },
            says: "the user of MP_STORE may not use the table mixpanel_credentials",
            fix: grant
          },
          {
            name: "TLS where there is none",
            env: { MP_STORE: `${MP_STORE}?sslmode=require` },
            says: "it does not speak TLS, and sslmode of MP_STORE asks for it",
            fix: postgresForm,
            code: 75
          },
          {
            name: "a certificate file that is not there",
            env: { MP_STORE: `${MP_STORE}?sslmode=verify-full&sslrootcert=/nowhere.pem` },
            says: "the file that sslrootcert of MP_STORE (url) names cannot be read",
            fix: postgresForm
          },
          {
            name: "a foreign key",
            env: { MP_STORE, MP_STORE_KEY: `k2:${otherBytes}` },
            says: "it is sealed with key k1, and MP_STORE_KEY (keys) holds k2 only",
            fix: "export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS"
          },
          {
            name: "an entry moved from another namespace",
            env: { MP_STORE, MP_STORE_NAMESPACE: "team" },
            before: write(config, "team"),
            says: "or moved here from another name or namespace than team",
            fix: "export MP_STORE_NAMESPACE=NAME"
          },
          {
            name: "an entry that is not sealed",
            env: { MP_STORE },
            before: write("[active]"),
            after: write(config),
            says: "it is not sealed: whoever wrote it has no MP_STORE_KEY (keys)",
            fix: "export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS"
          }
        ])
      }),
    240_000
  )
})

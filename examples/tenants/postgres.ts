/** A Postgres for the time of a demonstration: in a directory of its own, on a socket in it, gone afterwards. */
import { Command, FileSystem } from "@effect/platform"
import { Config, Effect, Option } from "effect"
import { DemoFailed } from "./DemoFailed.ts"

/** Debian keeps the programs of each version in a directory that is in nobody's PATH. */
const versions = "/usr/lib/postgresql"

const programs = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const installed = yield* Effect.orElseSucceed(files.readDirectory(versions), () => [])
  const path = yield* Config.withDefault(Config.string("PATH"), "")
  const places = [...installed.map((version) => `${versions}/${version}/bin`), ...path.split(":")]
  return yield* Effect.findFirst(places, (place) =>
    Effect.orElseSucceed(
      Effect.zipWith(files.exists(`${place}/initdb`), files.exists(`${place}/pg_ctl`), (one, other) => one && other),
      () => false
    )
  )
})

/** Postgres does not run as root; Debian's package has made a user for it. */
const isRoot = process.getuid?.() === 0
const asPostgres = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []

const run = (directory: string, ...[program = "", ...args]: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const command = Command.workingDirectory(Command.make(program, ...args), directory)
    const code = yield* Command.exitCode(command)
    if (code !== 0) return yield* new DemoFailed({ message: `${program} ${args.join(" ")} ended with ${code}.` })
  })

const start = (bin: string) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const directory = yield* files.makeTempDirectoryScoped({ prefix: "tenants-postgres-" })
    if (isRoot) yield* run(directory, "chown", "postgres", directory)
    const control = [...asPostgres, `${bin}/pg_ctl`, "-D", `${directory}/data`, "-s", "-w"]
    yield* run(directory, ...control, "-o", "-U postgres -A trust -N -E UTF8", "initdb")
    const settings = `-k ${directory} -c listen_addresses=''`
    yield* Effect.acquireRelease(run(directory, ...control, "-l", `${directory}/log`, "-o", settings, "start"), () =>
      Effect.orDie(run(directory, ...control, "-m", "fast", "stop"))
    )
    return `postgres://postgres@localhost/postgres?host=${directory}`
  })

/** Its address; `None` where Postgres is not installed. */
export const postgres = Effect.flatMap(programs, (bin) => Effect.transposeOption(Option.map(bin, start)))

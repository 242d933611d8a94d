/** The packed package in the hands of its users: as a command line and as a library, on each release of Node. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makeHome } from "../support/mp.ts"
import { run } from "./support/command.ts"
import { Installed } from "./support/Installed.ts"
import { majors, type Major, Nodes } from "./support/Nodes.ts"
import { manifest } from "./support/project.ts"
import { Tarball } from "./support/Tarball.ts"

const world = Layer.merge(Nodes.layer, Layer.provide(Installed.layer, Tarball.layer))

/** An environment in which `node` is that release. */
const environment = (major: Major, home: string) =>
  Effect.map(Nodes, (nodeOf) => ({ HOME: home, PATH: `${dirname(nodeOf(major))}:/usr/bin:/bin` }))

/** `mp` as the shell finds it in a project. */
const mpIn = (directory: string, major: Major, home: string) =>
  Effect.map(
    environment(major, home),
    (env) => (args: ReadonlyArray<string>, stdin?: string) =>
      run(join(directory, "node_modules", ".bin", "mp"), args, {
        cwd: directory,
        env,
        ...(stdin === undefined ? {} : { stdin })
      })
  )

const project = "3018488"
const addTeam = `account add team --type service_account --region us --project ${project} --username team.fake.mp-service-account --secret-stdin`

/** From an empty home to a session. What was asked once is asked again, when whatever mp keeps is there. */
const walkThrough = (directory: string, major: Major) =>
  Effect.gen(function* () {
    const mp = yield* mpIn(directory, major, yield* makeHome())
    const list = ["account", "list"]
    const session = ["session", "--format", "json"]
    expect(yield* mp(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" })
    expect(yield* mp(["--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("mp COMMAND"), stderr: "" })
    expect(yield* mp(list)).toMatchObject({ code: 0, stdout: expect.stringContaining("No accounts are configured.") })
    expect(yield* mp(addTeam.split(" "), "fake-secret-of-a-test")).toMatchObject({ code: 0 })
    expect(yield* mp(list)).toMatchObject({ code: 0, stdout: expect.stringContaining("team"), stderr: "" })
    const first = yield* mp(session)
    expect(first).toMatchObject({ code: 0, stderr: "" })
    expect(JSON.parse(first.stdout)).toMatchObject({
      account: { name: "team", type: "service_account", region: "us" },
      project: { id: project }
    })
    expect(yield* mp(session)).toEqual(first)
  })

const config = `
[active]
account = "disk"

[accounts.disk]
type = "service_account"
region = "in"
default_project = "${project}"
username = "disk.fake.mp-service-account"
secret = "fake-secret-of-a-test"
`

it.layer(world, { timeout: 180_000 })("installed into an empty directory", (it) => {
  it.effect("the types hold in a strict project that checks those of its dependencies too", () =>
    Effect.gen(function* () {
      const { project } = yield* Installed
      expect(project.typeCheck).toEqual({ code: 0, stdout: "", stderr: "" })
    })
  )

  it.effect("the library does without its optional peers; what needs one names it", () =>
    Effect.gen(function* () {
      const { project } = yield* Installed
      expect(project.withoutPlatformNode).toEqual({
        code: 0,
        stdout: expect.stringMatching(
          /is not installed: npm install @effect\/platform-node\n+Cannot find package '@effect\/cli' imported from/
        ),
        stderr: ""
      })
    })
  )

  it.effect("modules that are not exported cannot be imported", () =>
    Effect.gen(function* () {
      const { project } = yield* Installed
      const script = 'import("effect-mixpanel/dist/domain/errors.js").catch(({ code }) => console.log(code))'
      const { stdout } = yield* run(process.execPath, ["-e", script], { cwd: project.directory })
      expect(stdout).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED\n")
    })
  )

  describe.each(majors)("on Node %i", (major) => {
    it.scoped("mp goes from an empty home to a session", () =>
      Effect.flatMap(Installed, ({ project }) => walkThrough(project.directory, major))
    )

    it.scoped("mp does so without Effect, which is inside", () =>
      Effect.gen(function* () {
        const { alone } = yield* Installed
        expect(existsSync(join(alone, "node_modules", "effect"))).toBe(false)
        yield* walkThrough(alone, major)
      })
    )

    it.scoped("the library reads the disk, and works in memory", () =>
      Effect.gen(function* () {
        const {
          project: { directory }
        } = yield* Installed
        const home = yield* makeHome({ ".mp/config.toml": config })
        const env = yield* environment(major, home)
        const { code, stderr, stdout } = yield* run("node", [join("out", "program.js")], { cwd: directory, env })
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        expect(JSON.parse(stdout)).toEqual({
          node: expect.stringMatching(`^${major}\\.`),
          version: manifest.version,
          onDisk: { account: "disk", region: "in", project },
          inMemory: { account: "memory", region: "eu", project: "3713224" },
          nobody: "NO_ACCOUNT"
        })
      })
    )
  })
})

/**
 * Every example against the packed package, in projects like those of its users. Two projects meet every manager,
 * module resolution and end of the peers' ranges once; MP_TEST_CONSUMERS=all makes each with each, on each Node.
 */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Consumer, type Kind } from "./support/Consumer.ts"
import { majors, Nodes } from "./support/Nodes.ts"
import { Tarball } from "./support/Tarball.ts"

const resolutions = {
  NodeNext: ["--module", "NodeNext", "--moduleResolution", "NodeNext"],
  Bundler: ["--module", "ESNext", "--moduleResolution", "Bundler"]
} as const

interface Project extends Kind {
  readonly resolutions: ReadonlyArray<keyof typeof resolutions>
  /** Those that run; without names, all. */
  readonly examples: ReadonlyArray<string>
}

const few = ["first-session.ts", "embedded-cli.ts", "deterministic.test.ts", "opentelemetry.ts", "vault.ts"]

const covering: ReadonlyArray<Project> = [
  { manager: "npm", peers: "lowest", major: 20, resolutions: ["NodeNext"], examples: [] },
  { manager: "pnpm", peers: "latest", major: 22, resolutions: ["Bundler"], examples: few }
]

const all = majors.flatMap((major) =>
  (["npm", "pnpm"] as const).flatMap((manager) =>
    (["lowest", "latest"] as const).map(
      (peers): Project => ({ manager, peers, major, resolutions: ["NodeNext", "Bundler"], examples: [] })
    )
  )
)

/** @effect/platform names types of browsers; the examples import with `.ts`, which tsx and Node understand. */
const typeCheck = ["--noEmit", "--allowImportingTsExtensions", "--lib", "ES2023,DOM"]

it.layer(Layer.merge(Nodes.layer, Tarball.layer), { timeout: 600_000 })("a project of the packed package", (it) => {
  for (const project of process.env["MP_TEST_CONSUMERS"] === "all" ? all : covering) {
    const name = `with ${project.manager}, ${project.peers} peers, Node ${project.major}`
    it.layer(Consumer.layer(project), { timeout: 600_000 })(name, (it) => {
      it.effect.each([...project.resolutions])("type-checks every example and entry under %s", (resolution) =>
        Effect.gen(function* () {
          const node = yield* Consumer
          const options = [...typeCheck, ...resolutions[resolution]]
          const { code, stdout } = yield* node("node_modules/typescript/bin/tsc", "-p", ".", ...options)
          expect({ code, stdout }).toEqual({ code: 0, stdout: "" })
        })
      )

      it.effect(
        `runs ${project.examples.length === 0 ? "every example" : project.examples.join(", ")}`,
        () =>
          Effect.gen(function* () {
            const node = yield* Consumer
            const { code, stderr, stdout } = yield* node("examples/run-all.mjs", ...project.examples)
            expect({ code, stderr, stdout }).toEqual({
              code: 0,
              stderr: "",
              stdout: expect.stringMatching(/^(ok .*\n)+$/)
            })
          }),
        600_000
      )
    })
  }
})

import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Storms, kills, hostile crowds, leak hunts, the documentation's programs: what proves docs/promises.md, and takes its time. */
const promises = [
  "test/docs/exports.test.ts",
  "test/e2e/{boundedAnswers,brokerHostile,codeCache,concurrentEdits,credentialCommands,doctor,fastPath,fewDescriptors}.test.ts",
  "test/e2e/{homes,hostileNames,leaks}.test.ts",
  "test/e2e/{badStores,login,sharedLogin,networkEdge,overrides,plantedBridge,storeCommands,storeDoctor,terminalTextBuilt}.test.ts",
  "test/examples/**/*.test.ts",
  "test/layers/node/files/{everyErrno,lockDirectory,lockStorm,processes,schedules}.test.ts",
  "test/layers/node/http/{events,processes}.test.ts",
  "test/layers/node/login/**/*.test.ts",
  "test/layers/budget/*.test.ts",
  "test/layers/storage/{CredentialStorage,badInput}.test.ts",
  "test/oauth/**/*.test.ts",
  "test/package/**/*.test.ts"
]

/** Commands that are pasted one after the other; logins are among them, which want the ports that other tests fill. */
const hints = ["test/e2e/hintCatalogue.test.ts"]

/** The contracts of the network once more, over the engine of the built library: dist/ has to be there. */
const dist = ["test/layers/node/http/{engines.contract,wholeAnswers}.test.ts"]

/** They take longest, for they install packages, wait for leases or build: they begin first, so that no worker is left with one. */
const longest = [
  "package/consumers",
  "layers/budget/processes",
  "package/release",
  "oauth/mixedStorm",
  "e2e/hostileNames",
  "e2e/doctor",
  "e2e/terminalText.",
  "package/reproducible"
]

class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const sorted = await super.sort(files)
    const first = longest.flatMap((name) => sorted.filter(({ moduleId }) => moduleId.includes(`/test/${name}`)))
    return [...new Set([...first, ...sorted])]
  }
}

export default defineConfig({
  resolve: {
    alias: [
      { find: /^effect-mixpanel\/cli$/, replacement: here("./src/cli.ts") },
      { find: /^effect-mixpanel\/node$/, replacement: here("./src/node.ts") },
      { find: /^effect-mixpanel\/redis$/, replacement: here("./src/redis.ts") },
      { find: /^effect-mixpanel\/sql$/, replacement: here("./src/sql.ts") },
      { find: /^effect-mixpanel\/testing$/, replacement: here("./src/testing.ts") },
      { find: /^effect-mixpanel$/, replacement: here("./src/index.ts") }
    ]
  },
  test: {
    projects: [
      // With --no-isolate, which is for a whole run: the modules are loaded once for all files of a worker, not once for
      // each. That is a third of what the suite costs.
      { extends: true, test: { name: "suite", include: ["test/**/*.test.ts"], exclude: [...promises, ...hints] } },
      { extends: true, test: { name: "promises", include: promises } },
      { extends: true, test: { name: "hints", include: hints } },
      {
        extends: true,
        resolve: {
          alias: [
            { find: "#src/layers/node/http/UndiciHttp.ts", replacement: here("./test/package/built/UndiciHttp.ts") }
          ]
        },
        test: { name: "dist", include: dist, testTimeout: 120_000 }
      }
    ],
    // One less than there are is the default: on two cores the tests would take turns.
    maxWorkers: 2,
    minWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 30_000
  }
})

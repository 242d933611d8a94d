import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^effect-mixpanel\/testing$/, replacement: here("./src/testing.ts") },
      { find: /^effect-mixpanel$/, replacement: here("./src/index.ts") }
    ]
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/bundle.setup.ts"],
    // One less than there are is the default: on two cores the tests would take turns.
    maxWorkers: 2,
    minWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000
  }
})

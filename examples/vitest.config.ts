import { defineConfig } from "vitest/config"

/** No alias: the test sees the built package, as its users do. */
export default defineConfig({ test: { include: ["examples/**/*.test.ts"] } })

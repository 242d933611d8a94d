// The short way of the most frequent commands: a bundle for each, with no more in it than the command needs.

/**
 * Modules that no situation needs, by the end of their path: those that make values when they are loaded, which leaving
 * out their functions would not spare. Writing files, locks, refreshing tokens, finding the line of a mistake; and what
 * Effect could do, but is not asked to.
 */
const neverReached = [
  "/effect/dist/esm/Micro.js",
  "/effect/dist/esm/RedBlackTree.js",
  "/effect/dist/esm/SortedSet.js",
  "/effect/dist/esm/internal/blockedRequests.js",
  "/effect/dist/esm/internal/config.js",
  "/src/domain/ConfigEdits.ts",
  "/src/domain/toml/edits.ts",
  "/src/domain/toml/layout.ts",
  "/src/domain/toml/lexer.ts",
  "/src/layers/disk/FallbackLock.ts",
  "/src/layers/disk/KernelLock.ts",
  "/src/layers/disk/Replacement.ts",
  "/src/services/oauth/bridgeSettlement.ts",
  "/src/services/oauth/renewal.ts"
]

/** The commands with their bundles; what is absent leaves for the full way when it is needed after all. */
export const hotBundles = [
  {
    part: "hot-account-list",
    command: "account list",
    entry: "src/cli/hot/accountList.ts",
    absent: [...neverReached, "/src/domain/ActiveSession.ts", "/src/domain/BridgeFile.ts", "/src/domain/Target.ts"]
  },
  {
    part: "hot-account-token",
    command: "account token",
    entry: "src/cli/hot/accountToken.ts",
    absent: [...neverReached, "/src/domain/Session.ts", "/src/domain/Project.ts", "/src/domain/WorkspaceRef.ts"]
  },
  {
    part: "hot-session",
    command: "session",
    entry: "src/cli/hot/session.ts",
    absent: [...neverReached, "/src/services/oauth/bridgeAccount.ts"]
  }
]

/** The provider of variables is asked for by its tag and told from others, and never read: `environment.ts` knows how. */
export const replacedInHot = {
  "/effect/dist/esm/internal/configProvider.js": `
    import * as Context from "../Context.js"
    export const configProviderTag = /* @__PURE__ */ Context.GenericTag("effect/ConfigProvider")
    export const fromEnv = () => ({})
  `
}

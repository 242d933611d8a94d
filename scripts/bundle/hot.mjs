// What the most frequent commands never reach, by the end of its path: writing files, locks, refreshing tokens,
// finding the line of a mistake, Unicode widths; and what Effect could do for them, but is not asked to.
export const absentFromHot = [
  "/effect/dist/esm/Micro.js",
  "/effect/dist/esm/RedBlackTree.js",
  "/effect/dist/esm/SortedSet.js",
  "/effect/dist/esm/internal/blockedRequests.js",
  "/src/domain/ConfigEdits.ts",
  "/src/domain/toml/edits.ts",
  "/src/domain/toml/layout.ts",
  "/src/domain/toml/lexer.ts",
  "/src/layers/disk/FallbackLock.ts",
  "/src/layers/disk/KernelLock.ts",
  "/src/layers/disk/Replacement.ts",
  "/src/services/oauth/renewal.ts"
]

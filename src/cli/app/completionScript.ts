/** The scripts of all shells behind one door, so that other commands need not load them. */
import type { GroupSpec } from "./declare.ts"
import { completionNodes } from "./complete.ts"
import { renderBash } from "./CompletionsBash.ts"
import { renderFish } from "./CompletionsFish.ts"
import { renderZsh } from "./CompletionsZsh.ts"
import type { FlagSpec } from "./flag.ts"

/** The script for a shell: bash, zsh or fish. */
export const script = (shell: string, root: GroupSpec, globalFlags: ReadonlyArray<FlagSpec>): string => {
  const nodes = completionNodes(root, globalFlags)
  if (shell === "zsh") return renderZsh(nodes)
  return shell === "fish" ? renderFish(nodes) : renderBash(nodes)
}

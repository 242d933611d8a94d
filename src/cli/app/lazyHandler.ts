/** A handler whose module is loaded when its command runs: what one command needs costs the others nothing. */
import * as Effect from "effect/Effect"
import type { Handled } from "./declare.ts"

export const lazyHandler =
  <Given>(load: () => Promise<{ readonly run: (given: Given) => Handled }>) =>
  (given: Given): Handled =>
    Effect.flatMap(Effect.promise(load), ({ run }) => run(given))

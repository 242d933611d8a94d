/** Digests of texts. `node:crypto` is loaded with the first one: it costs a sixth of the start of Node. */
import { lazy } from "./lazy.ts"

const crypto = lazy(() => process.getBuiltinModule("node:crypto"))

export const sha256 = (text: string, encoding: "base64url" | "hex"): string =>
  crypto().createHash("sha256").update(text).digest(encoding)

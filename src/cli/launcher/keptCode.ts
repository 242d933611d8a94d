/**
 * What V8 made of a bundle, as bytes: the code, the commands whose needs are in it, and the length of the code. A file
 * of the user's holds the code twice, because V8 trusts what it is given and dies of a single wrong byte; the one that
 * is shipped holds it once, since the bundle beside it would be as damaged.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"

/** What is kept of one bundle. */
export interface Kept {
  readonly code: Buffer
  /** The commands that have run since it was begun: what each of them needed is in it. */
  readonly seen: ReadonlyArray<string>
}

/** Under other flags V8 makes other code, and some of them (coverage, inspection) need it made anew. */
export const mayBeKept = (env: NodeJS.ProcessEnv): boolean =>
  env["MP_CODE_CACHE"] !== "off" && !env["NODE_OPTIONS"] && process.execArgv.length === 0

/** Code runs on the release of V8 that made it, and on no other; a new release of Node with the same one keeps it. */
export const keyOf = (hash: string): string => `${hash}-${process.versions.v8}-${process.platform}-${process.arch}`

export const pack = ({ code, seen }: Kept): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(code.length)
  return Buffer.concat([code, code, Buffer.from(seen.join("\n")), length])
}

const split = (
  bytes: Buffer,
  copies: number
): { code: Buffer; copy: Buffer; seen: ReadonlyArray<string> } | undefined => {
  if (bytes.length < 4) return undefined
  const length = bytes.readUInt32LE(bytes.length - 4)
  const end = length * copies
  if (length === 0 || end > bytes.length - 4) return undefined
  return {
    code: bytes.subarray(0, length),
    copy: bytes.subarray(end - length, end),
    seen: bytes.toString("latin1", end, bytes.length - 4).split("\n")
  }
}

/** Only code of which both copies agree. */
export const unpack = (bytes: Buffer): Kept | undefined => {
  const found = split(bytes, 2)
  return found?.code.equals(found.copy) ? found : undefined
}

/** What the package brings for this release of V8: the build has run the commands that need no network. */
export const shipped = (directory: string, key: string): Kept | undefined => {
  try {
    return split(readFileSync(join(directory, "compiled", key)), 1)
  } catch {
    // None for this release: the bundle is compiled, and that may be kept.
    return undefined
  }
}

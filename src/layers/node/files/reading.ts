/** Reading a file of ours: refused unless it is private, and read only when it is not remembered. */
import { andThen, type Awaitable, ending, orElse } from "./awaitable.ts"
import { type DiskHandle, type DiskOps, type FileFacts, openFlags } from "./DiskOps.ts"
import { assertRealDirectories, notText, refusedPrivateFile, tooLarge } from "./guards.ts"
import type { RememberedText, FileTextCache } from "./FileTextCache.ts"

export interface Disk {
  readonly ops: DiskOps
  readonly texts: FileTextCache
}

/** The coarsest tick of a file system's clock, in milliseconds. */
const coarsestTick = 2_000

/** A byte order mark is kept: whoever parses the text can say that it is there. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const decode = (path: string, bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    throw notText(path)
  }
}

const twiceAsLarge = (bytes: Uint8Array, most: number): Uint8Array => {
  const larger = new Uint8Array(Math.min(bytes.byteLength * 2, most + 1))
  larger.set(bytes)
  return larger
}

/** Reads on until there is nothing more: up to one byte more than is allowed, for a file may have grown meanwhile. */
const readOn = (handle: DiskHandle, bytes: Uint8Array, length: number, most: number): Awaitable<Uint8Array> =>
  andThen(handle.read(bytes.subarray(length), length), (moved) => {
    const now = length + moved
    if (moved === 0 || now > most) return bytes.subarray(0, now)
    return readOn(handle, now === bytes.byteLength ? twiceAsLarge(bytes, most) : bytes, now, most)
  })

const readText = (path: string, handle: DiskHandle, size: number, maxBytes: number): Awaitable<string> =>
  andThen(readOn(handle, new Uint8Array(Math.min(size, maxBytes) + 1), 0, maxBytes), (bytes) => {
    if (bytes.byteLength > maxBytes) throw tooLarge(path)
    return decode(path, bytes)
  })

/**
 * Whether what was read is all that this version of the file will ever say: it stayed the same meanwhile, and its
 * last change is so long before `now` that no other one can have happened, or still happen, in the same tick.
 */
const isSettled = (handle: DiskHandle, before: FileFacts, now: number): Awaitable<boolean> =>
  now - Math.max(before.modifiedMillis, before.changedMillis) > coarsestTick &&
  andThen(handle.stat(), ({ version }) => version === before.version)

/** What is remembered is used only after every check of the opened file. */
const readOpened = (
  { ops, texts }: Disk,
  path: string,
  handle: DiskHandle,
  remembered: RememberedText | undefined,
  now: number,
  maxBytes: number
): Awaitable<string> =>
  andThen(handle.stat(), (found) => {
    const refused = refusedPrivateFile(path, found, ops.host.uid(), maxBytes)
    if (refused !== undefined) throw refused
    if (remembered?.version === found.version) {
      texts.put(path, remembered)
      return remembered.text
    }
    return andThen(readText(path, handle, found.size, maxBytes), (text) =>
      andThen(isSettled(handle, found, now), (settled) => {
        if (settled) texts.put(path, { version: found.version, text })
        return text
      })
    )
  })

const closeQuietly = (handle: DiskHandle): Awaitable<void> => orElse(handle.close, () => undefined)

/**
 * The text of a file at the time `now` (epoch milliseconds). Throws a `FileError` for what is refused, and the
 * system's own errors. What is remembered is taken before anything can fail: what is refused, or gone, is not
 * remembered any longer.
 */
export const readFile = (disk: Disk, path: string, now: number, maxBytes: number): Awaitable<string> => {
  const remembered = disk.texts.take(path)
  return andThen(assertRealDirectories(disk.ops, path, "read"), () =>
    andThen(disk.ops.open(path, openFlags.read, 0), (handle) =>
      ending(
        () => readOpened(disk, path, handle, remembered, now, maxBytes),
        () => closeQuietly(handle)
      )
    )
  )
}

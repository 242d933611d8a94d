/**
 * The texts of the files that were read last, so that a file that did not change is opened and checked again, but
 * not read. They may hold secrets, as the file does that this process was given anyway; they are in a closure, where
 * neither printing nor serialising a service shows them.
 */

/** What a file said when it was in this version. */
export interface RememberedText {
  readonly version: string
  readonly text: string
}

export type FileTextCache = ReturnType<typeof makeFileTextCache>

/** Configuration, bridge, and the tokens of a handful of accounts: at most 16 MiB, and mostly a few KiB. */
const mostFiles = 16

export const makeFileTextCache = () => {
  const texts = new Map<string, RememberedText>()
  return {
    /** Takes what is remembered of a file; whoever finds that it still holds puts it back. */
    take: (path: string): RememberedText | undefined => {
      const remembered = texts.get(path)
      texts.delete(path)
      return remembered
    },
    put: (path: string, remembered: RememberedText): void => {
      texts.set(path, remembered)
      // A map is in order of insertion: the first one was used the longest time ago.
      for (const oldest of texts.keys()) {
        if (texts.size <= mostFiles) return
        texts.delete(oldest)
      }
    }
  }
}

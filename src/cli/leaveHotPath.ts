/**
 * Where the short way ends: a frequent command that turns out to need the network, the keyboard or anything else
 * that its bundle leaves out. It has written nothing by then, and starts over on the full way, whatever becomes of
 * what is thrown: somebody in between could catch it.
 */
let leave: (nothing: null) => void

/** Settles once the short way was left. */
export const left: Promise<null> = new Promise((resolve) => {
  leave = resolve
})

/** A symbol, because Effect puts errors into a wrapper that remembers where they passed. */
const reason: unique symbol = Symbol("This command needs more than the short way has.")

/** What was under way when the short way was left may end in a promise that nobody looks at any more. */
const abandon = (cause: unknown): void => {
  if (cause !== reason) throw cause
}

export function leaveHotPath(): never {
  leave(null)
  process.removeListener("unhandledRejection", abandon).on("unhandledRejection", abandon)
  throw reason
}

/**
 * Thrown where the short way ends: a frequent command that turns out to need the network, the keyboard or
 * anything else that is loaded on demand. It has written nothing by then, and starts over on the full way.
 * A symbol, because Effect puts errors into a wrapper that remembers where they passed.
 */
export const leaveHotPath: unique symbol = Symbol("This command needs more than the short way has.")

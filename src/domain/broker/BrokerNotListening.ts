import { type Command, command } from "../hints/Command.ts"
import { errorClass } from "../internal/errorClass.ts"

interface Untaken {
  /** `127.0.0.1:PORT`, or the path of a socket. */
  readonly place: string
  readonly reason: string
}

export class BrokerNotListening extends errorClass(
  "BrokerNotListening",
  "SYSTEM_ERROR",
  ({ place, reason }: Untaken) => ({
    message: `The broker cannot listen at ${place}: ${reason}.`,
    hints: [command`mp broker serve --port 0`] satisfies ReadonlyArray<Command>,
    details: { place }
  })
) {}

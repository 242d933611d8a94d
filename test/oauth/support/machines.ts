/** Hosts of a test's own: network namespaces, each joined with each by a cable of which either direction can be cut. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { Server } from "node:net"

export interface Machine {
  readonly address: string
  /** Words that start a program there. */
  readonly through: ReadonlyArray<string>
}

export interface Machines {
  readonly all: ReadonlyArray<Machine>
  /** What the one sends to the other is lost from now on, and nobody is told. */
  readonly cut: (from: Machine, to: Machine) => void
  readonly mend: (from: Machine, to: Machine) => void
}

const ip = (through: ReadonlyArray<string>, commands: ReadonlyArray<string>): void => {
  const [program = "", ...args] = [...through, "ip", "-batch", "-"]
  execFileSync(program, args, { input: commands.join("\n"), stdio: ["pipe", "ignore", "inherit"] })
}

/** A namespace lasts as long as a process in it, which ends with this one, however that ends. */
const machine = (address: string): Effect.Effect<Machine & { readonly pid: number }, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const keeper = spawn("unshare", ["-n", "sh", "-c", "echo ready; exec cat"], {
          stdio: ["pipe", "pipe", "inherit"]
        })
        await once(keeper.stdout, "data")
        return keeper
      }),
      (keeper) => Effect.sync(() => keeper.kill("SIGKILL"))
    ),
    ({ pid = 0 }) => ({ address, pid, through: ["nsenter", "-t", `${pid}`, "-n"] })
  )

const hex = (index: number): string => index.toString(16).padStart(2, "0")

/** Of the card in one machine that leads to the other. */
const cardOf = (at: number, to: number): string => `02:00:00:00:${hex(at)}:${hex(to)}`

/** A frame for this card is thrown away where it arrives. */
const nobody = "02:00:00:00:ff:ff"

/** At most 200. */
export const machines = (count: number): Effect.Effect<Machines, never, Scope.Scope> =>
  Effect.gen(function* () {
    const all = yield* Effect.forEach(
      Array.from({ length: count }, (_, at) => `10.77.0.${at + 1}`),
      machine
    )
    const pairs = all.flatMap((one, at) => all.slice(at + 1).map((other) => [one, other] as const))
    const indexOf = (one: Machine) => all.findIndex(({ address }) => address === one.address)
    const end = (one: Machine, other: Machine) =>
      `name v${indexOf(other)} address ${cardOf(indexOf(one), indexOf(other))}`
    ip(
      [],
      pairs.map(
        ([one, other]) =>
          `link add ${end(one, other)} netns ${one.pid} type veth peer ${end(other, one)} netns ${other.pid}`
      )
    )
    const neighbour = (other: Machine, card: string) =>
      `neigh replace ${other.address} lladdr ${card} dev v${indexOf(other)} nud permanent`
    const mended = (one: Machine, other: Machine) => neighbour(other, cardOf(indexOf(other), indexOf(one)))
    for (const one of all) {
      const others = all.filter((other) => other !== one)
      ip(one.through, [
        "link set lo up",
        `addr add ${one.address}/32 dev lo`,
        ...others.flatMap((other) => [
          `link set v${indexOf(other)} up`,
          `route add ${other.address}/32 dev v${indexOf(other)} src ${one.address}`,
          mended(one, other)
        ])
      ])
    }
    return {
      all,
      cut: (from, to) => ip(from.through, [neighbour(to, nobody)]),
      mend: (from, to) => ip(from.through, [mended(from, to)])
    }
  })

/** What listens at a port of that machine, in the hands of this process. */
export const listeningOn = ({ address, through }: Machine, port: number): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const code = `const s = require("node:net").createServer({ pauseOnConnect: true }).listen(${port}, "${address}", () => process.send("here", s))`
      const [program = "", ...args] = [...through, process.execPath, "-e", code]
      const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] })
      const [, server]: ReadonlyArray<unknown> = await once(child, "message")
      child.kill("SIGKILL")
      if (!(server instanceof Server)) throw new Error("no server came")
      return server
    }),
    (server) => Effect.sync(() => server.close())
  )

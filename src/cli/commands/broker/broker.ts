import { declare, group, lazyHandler } from "../../app/declare.ts"
import { argument, flag } from "../../app/facts.ts"

const rules = {
  mode: flag("mode", {
    value: "MODE",
    choices: ["proxy", "token"],
    description: "send requests on with the credential (proxy, the default), or hand bearers out (token)"
  }),
  readOnly: flag("read-only", { description: "let through GET, HEAD, and POST to the query API" }),
  allow: flag("allow", {
    value: "PATH",
    repeated: true,
    description: "let through this path and what is below it, and no other; * is any one segment"
  })
} as const

const run = declare(
  "run",
  {
    summary: "run a program that uses the session without holding its credential",
    examples: [
      "mp broker run -- python report.py",
      "mp broker run --read-only -- mp inspect events",
      "mp broker run --allow /api/query/segmentation -- sh agent.sh"
    ]
  },
  {
    ...rules,
    command: argument("COMMAND", {
      description: "the program and its arguments; no shell is involved",
      required: true,
      rest: true
    })
  },
  lazyHandler(() => import("./run.run.ts"))
)

const serve = declare(
  "serve",
  {
    summary: "answer programs in containers and elsewhere until it is ended",
    examples: [
      "mp broker serve",
      "mp broker serve --port 0 --read-only",
      "mp --target ecom broker serve --socket ~/run/ecom.sock"
    ]
  },
  {
    ...rules,
    port: flag("port", { value: "PORT", description: "listen on 127.0.0.1 at this port; 0 for any that is free" }),
    socket: flag("socket", { value: "FILE", description: "listen at this socket instead of the user's own" })
  },
  lazyHandler(() => import("./serve.run.ts"))
)

export const broker = group("broker", "lend the session to programs that hold no credential", [run, serve])

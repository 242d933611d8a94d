/** `mp session`: the session that a command run now would use, and why. */
import { leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { showSession } from "./session.ts"

export const session = leaf(
  {
    name: "session",
    summary: "show the session that a command run now would use",
    flags: {
      explain: Flag.toggle("explain", { description: "show every source of every axis, and which one won" }),
      bridge: Flag.toggle("bridge", { description: "show the bridge that is in force, without its secrets" })
    },
    examples: ["mp session", "mp session --explain", "mp session --bridge", "mp --target ecom session --format json"]
  },
  showSession
)

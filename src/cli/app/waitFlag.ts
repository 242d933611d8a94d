import { flag } from "./facts.ts"

export const waitFlag = flag("wait", {
  description: "wait for room where the project may send no query now (60 an hour, 5 at once)"
})

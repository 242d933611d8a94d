// undici's agent by its own path: the index loads three times as much, and puts an agent of its own in the place of the
// one that the program's `fetch` uses. The version is pinned, and the tests of the transports hold on to the path.

declare module "undici/lib/dispatcher/agent.js" {
  import type { Agent } from "undici"
  const constructor: typeof Agent
  export default constructor
}

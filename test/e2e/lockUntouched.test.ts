/** What a lock costs, in calls of the system; and that commands which change nothing cost it nothing at all. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { lstat, readdir } from "node:fs/promises"
import { join } from "node:path"
import { make } from "#src/layers/node/files/DiskFiles.ts"
import { nodeOps } from "#src/layers/node/files/DiskOps.ts"
import { protocolTiming } from "#src/layers/node/files/lock/timing.ts"
import { makeHome, runMp } from "../support/mp.ts"

const config = `[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "1"
[active]
account = "me"
[targets.there]
account = "me"
project = "2"
`

const tokens = JSON.stringify({
  access_token: "access-token",
  expires_at: "2036-01-01T12:00:00.000000+00:00",
  token_type: "Bearer",
  scope: "",
  refresh_token: "refresh-token",
  client_id: "client"
})

/** Everything below a directory, with what changes when it is touched. */
const treeOf = (home: string) =>
  Effect.promise(async () => {
    const names = (await readdir(home, { recursive: true })).toSorted()
    return Promise.all(
      names.map(async (name) => {
        const { ctimeNs, ino, mtimeNs } = await lstat(join(home, name), { bigint: true })
        return `${name} ${ino} ${mtimeNs} ${ctimeNs}`
      })
    )
  })

it.scopedLive("commands that change nothing touch no lock, and make none", () =>
  Effect.gen(function* () {
    const home = yield* makeHome({ ".mp/config.toml": config, ".mp/accounts/me/tokens.json": tokens })
    const look = (args: ReadonlyArray<string>) =>
      Effect.map(runMp(args, { home }), ({ code }) => [args.join(" "), code])
    const commands = [
      ["account", "list"],
      ["account", "show", "me"],
      ["account", "token"],
      ["session"],
      ["session", "--explain"],
      ["target", "list"],
      ["env"],
      ["doctor", "--offline"]
    ]
    const bare = yield* treeOf(join(home, ".mp"))
    yield* Effect.forEach(commands, look)
    expect(yield* treeOf(join(home, ".mp"))).toEqual(bare)
    // The same where the locks are there already.
    expect((yield* runMp(["account", "update", "me", "--project", "3"], { home })).code).toBe(0)
    const before = yield* treeOf(join(home, ".mp"))
    expect(before.some((line) => line.includes(".lock.d"))).toBe(true)
    const codes = yield* Effect.forEach(commands, look)
    expect(codes.filter(([, code]) => code !== 0)).toEqual([])
    expect(yield* treeOf(join(home, ".mp"))).toEqual(before)
  })
)

it.scopedLive("taking and giving back is two renames and one listing", () =>
  Effect.gen(function* () {
    const home = yield* makeHome()
    const calls: Array<string> = []
    const { readdir: list, rename } = nodeOps
    const files = make(
      {
        ...nodeOps,
        rename: (from, to) => {
          calls.push("rename")
          return rename(from, to)
        },
        readdir: (path) => {
          calls.push("readdir")
          return list(path)
        }
      },
      protocolTiming
    )
    const once = files.withLock(join(home, "file"))(() => Effect.void)
    yield* once
    calls.length = 0
    yield* once
    expect(calls).toEqual(["rename", "readdir", "rename"])
  })
)

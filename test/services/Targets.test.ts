import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { describe, expect } from "vitest"
import { ProjectId, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { layer } from "#src/layers/memory/layer.ts"
import { ActiveSessions } from "#src/services/config/ActiveSessions.ts"
import { Targets } from "#src/services/config/Targets.ts"
import { handWritten } from "../support/handWritten.ts"

const files = { "~/.mp/config.toml": `${handWritten}\n[targets.bad]\nproject = 1\n` }

describe("targets", () => {
  it.effect("are listed by name, broken ones as broken, and can be shown and removed one by one", () =>
    Effect.gen(function* () {
      const targets = yield* Targets
      const listed = yield* targets.list
      expect(listed.map(({ name, value }) => [name, Either.isRight(value)])).toEqual([
        ["bad", false],
        ["ecom", true],
        ["my shop", true]
      ])
      expect((yield* targets.show("my shop")).project).toBe("78")
      expect(yield* Effect.flip(targets.show("bad"))).toMatchObject({ code: "CONFIG_ERROR" })
      expect(yield* Effect.flip(targets.show("none"))).toMatchObject({ available: ["bad", "ecom", "my shop"] })
      yield* targets.remove("bad")
      expect((yield* targets.list).map(({ name }) => name)).toEqual(["ecom", "my shop"])
    }).pipe(Effect.provide(layer({ files })))
  )
})

describe("the persisted session", () => {
  it.effect("account, project and workspace change together, and a move clears the workspace", () =>
    Effect.gen(function* () {
      const sessions = yield* ActiveSessions
      const now = Effect.map(sessions.get, ({ account, workspace }) => [
        Option.getOrNull(account),
        Option.getOrNull(workspace)
      ])
      expect(yield* now).toEqual(["team", 5])
      yield* sessions.use({ account: "ci", project: ProjectId.make("6"), workspace: WorkspaceId.make(3) })
      expect(yield* now).toEqual(["ci", 3])
      yield* sessions.useProject(ProjectId.make("9"), { account: "me" })
      expect(yield* now).toEqual(["ci", 3])
      yield* sessions.useProject(ProjectId.make("9"))
      expect(yield* now).toEqual(["ci", null])
      expect(yield* sessions.useWorkspace(WorkspaceId.make(8))).toBe(8)
      yield* sessions.use({ account: "me" })
      expect(yield* now).toEqual(["me", null])
    }).pipe(Effect.provide(layer({ files })))
  )
})

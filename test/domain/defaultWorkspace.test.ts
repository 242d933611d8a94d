import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import { ProjectId, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { defaultWorkspace } from "#src/domain/api/defaultWorkspace.ts"
import { decodeMe, decodeProjectIndex, workspacesOf } from "#src/domain/api/Me.ts"
import { WorkspaceRef } from "#src/domain/session/Session.ts"
import * as Either from "effect/Either"

const mark = FastCheck.option(FastCheck.boolean(), { nil: null }).map(Option.fromNullable)
const workspaces = FastCheck.array(
  FastCheck.record({
    name: FastCheck.constantFrom("All Project Data", "Other").map(Option.some),
    isDefault: mark,
    isGlobal: mark,
    isVisible: mark
  })
).map((list) => list.map((one, index) => new WorkspaceRef({ ...one, id: WorkspaceId.make(index + 1) })))

describe("the default workspace", () => {
  it("is the first of the best kind there is", () => {
    const rank = (one: WorkspaceRef): number => {
      if (Option.contains(one.isGlobal, true)) return 0
      if (Option.contains(one.name, "All Project Data")) return 1
      if (Option.contains(one.isDefault, true)) return 2
      return Option.contains(one.isVisible, false) ? 4 : 3
    }
    FastCheck.assert(
      FastCheck.property(workspaces, (list) => {
        const best = Math.min(...list.map(rank))
        expect(defaultWorkspace(list)).toBe(list.find((one) => rank(one) === best))
      })
    )
  })

  it("is found by the marks that /me gives", () => {
    const entry = (id: number, more: Record<string, unknown>) => ({ id, name: `W${id}`, project_id: 7, ...more })
    const workspaces = { "1": entry(1, { is_default: true, is_global: null }), "2": entry(2, { is_global: true }) }
    const me = Either.getOrThrow(decodeMe({ user_id: 1, workspaces }))
    expect(defaultWorkspace(workspacesOf(me, ProjectId.make("7")))?.id).toBe(2)
  })
})

describe("the index of projects", () => {
  const idsIn = (input: unknown) =>
    Either.map(decodeProjectIndex(ProjectId.make("7"))(input), (found) => found.map(({ id }) => id))

  it.each([
    [{ results: { "7": { workspaces: { "5": { id: 5, name: "Main" }, "6": { name: "Six" } } } } }, [5, 6]],
    [{ "7": { workspaces: [{ id: 5 }, { id: "x" }] } }, [5]],
    [{ results: { "7": { workspaces: { "5": { id: 5, project_id: 8 } } } } }, []],
    [{ results: { "8": { workspaces: { "5": { id: 5 } } } } }, []],
    [{ results: { "7": {} } }, []]
  ])("%j lists %j", (input, ids) => {
    expect(idsIn(input)).toEqual(Either.right(ids))
  })

  it("is an object", () => {
    expect(Either.isLeft(idsIn([]))).toBe(true)
  })
})

import { describe, expect, it } from "@effect/vitest"
import { again, type Typed } from "#src/cli/app/again.ts"

const typed = (path: ReadonlyArray<string>, flags: Typed["flags"] = []): Typed => ({ path, args: ["nope"], flags })

describe("the command line that failed, with the name of what is there", () => {
  it.each([
    [typed(["account", "show"]), "mp account show team"],
    [typed(["account", "use"], [["format", "json"]]), "mp account use team --format json"],
    [typed(["target", "use"]), "mp target use team"]
  ])("is written out: %j", (line, wanted) => {
    expect(again(line, { argument: ["nope", "team"] })).toBe(wanted)
  })

  it.each([
    [typed(["account", "remove"], [["force"]]), "mp account list"],
    [typed(["account", "logout"]), "mp account list"],
    [typed(["account", "update"], [["region", "eu"]]), "mp account list"],
    [typed(["target", "remove"]), "mp target list"]
  ])("is not offered where it would take something else away: %j", (line, wanted) => {
    expect(again(line, { argument: ["nope", "team"] })).toBe(wanted)
  })

  it("does not repeat what may be a secret where the name of a variable was wanted", () => {
    const add = typed(["account", "add"], [["token-env", "eyJ.secret+1"]])
    expect(again(add, { flags: [["region", "us"]] })).toBe("mp account add nope --token-env VAR --region us")
  })

  it("keeps its own words where only a flag is wanting", () => {
    expect(again(typed(["account", "remove"]), { flags: [["force"]] })).toBe("mp account remove nope --force")
  })
})

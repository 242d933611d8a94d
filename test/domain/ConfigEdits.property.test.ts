/** Sequences of edits over generated files against a model of what the file means. */
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { AccountName, ProjectId, type Region, regions, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { Target } from "#src/domain/session/SavedSession.ts"
import { isFaithful } from "#src/domain/toml/TomlDocument.ts"

/* What a file means */

interface AccountModel {
  readonly region: string
  readonly project: string | null
}
interface TargetModel {
  readonly account: string
  readonly project: string
  readonly workspace: number | null
}
interface Model {
  readonly accounts: Readonly<Record<string, AccountModel>>
  readonly targets: Readonly<Record<string, TargetModel>>
  readonly active: string | null
  readonly pin: number | null
}

const meaning = (document: Config.ConfigDocument): Model => {
  const active = Either.getOrThrow(Config.active(document))
  return {
    accounts: Object.fromEntries(
      Config.accounts(document).flatMap(({ name, value }) =>
        Either.isRight(value)
          ? [[name, { region: value.right.region, project: Option.getOrNull(value.right.defaultProject) }]]
          : []
      )
    ),
    targets: Object.fromEntries(
      Config.targets(document).flatMap(({ name, value }) =>
        Either.isRight(value)
          ? [
              [
                name,
                {
                  account: value.right.account,
                  project: value.right.project,
                  workspace: Option.getOrNull(value.right.workspace)
                }
              ]
            ]
          : []
      )
    ),
    active: Option.getOrNull(Option.map(active.account, String)),
    pin: Option.getOrNull(active.workspace)
  }
}

/* Files */

const names = ["a", "b", "c"] as const
const projects = ["1", "2"] as const
const pick = <A>(values: ReadonlyArray<A>) => fc.constantFrom(...values)

const foreignBlocks: ReadonlyArray<ReadonlyArray<string>> = [
  ["[settings] # keep s", 'theme = "dark"   # keep s1', "list = [ 1,", "  2 ] # keep s2"],
  ["[settings.deep]", "x = { a = 1, 'b' = [\"]\"] } # keep d"],
  ["[accounts.broken] # keep b", 'type = "nobody"', "colour = 0x1F # keep b1"],
  ["[targets.broken]", "project = 5 # keep t"],
  ["[else.where]", "when = 1979-05-27 # keep e", '"quoted key" = """', "[accounts.a]", '""" # keep e1']
]

interface Block {
  readonly lines: ReadonlyArray<string>
  readonly isForeign: boolean
}

const foreign: fc.Arbitrary<ReadonlyArray<Block>> = fc
  .subarray([...foreignBlocks])
  .map((blocks) => blocks.map((lines) => ({ lines, isForeign: true })))

const accountBlock = (name: string) =>
  fc
    .tuple(pick(regions), fc.option(pick(projects)), pick([`[accounts.${name}]`, `[ accounts . "${name}" ]  # mine`]))
    .map(
      ([region, project, head]): Block => ({
        isForeign: false,
        lines: [
          head,
          "type = 'oauth_browser'",
          "",
          `  region="${region}" # where`,
          ...(project === null ? [] : [`default_project   = '${project}'`])
        ]
      })
    )

const targetBlock = (name: string) =>
  fc.tuple(pick(names), pick(projects), fc.option(pick([7, 8]))).map(
    ([account, project, workspace]): Block => ({
      isForeign: false,
      lines: [
        `[targets.${name}]`,
        `account = "${account}" `,
        `project = "${project}"`,
        ...(workspace === null ? [] : [`workspace = ${workspace}`])
      ]
    })
  )

const activeBlock = fc.tuple(fc.option(pick(names)), fc.option(pick([5, 6]))).map(
  ([account, pin]): Block => ({
    isForeign: false,
    lines: [
      "[active]",
      ...(account === null ? [] : [`account = '${account}'`]),
      ...(pin === null ? [] : [`workspace = ${pin}`])
    ]
  })
)

const some = <A>(values: ReadonlyArray<fc.Arbitrary<A>>): fc.Arbitrary<ReadonlyArray<A>> =>
  fc
    .tuple(...values.map((value) => fc.option(value)))
    .map((found) => found.flatMap((one) => (one === null ? [] : [one])))

interface File {
  readonly text: string
  readonly foreign: ReadonlyArray<string>
}

const file: fc.Arbitrary<File> = fc
  .tuple(foreign, some(names.map(accountBlock)), some(["t", "u"].map(targetBlock)), some([activeBlock]))
  .chain(([kept, accounts, targets, active]) =>
    fc.shuffledSubarray([...kept, ...accounts, ...targets, ...active], {
      minLength: kept.length + accounts.length + targets.length + active.length
    })
  )
  .chain((blocks) => fc.tuple(fc.constant(blocks), pick(["\n", "\r\n"]), fc.boolean()))
  .map(([blocks, newline, commented]) => ({
    text: blocks
      .map(({ lines }, index) => [...(commented ? [`# keep above ${index}`, ""] : []), ...lines, ""].join(newline))
      .join(newline),
    foreign: blocks.flatMap(({ isForeign, lines }, index) => [
      ...(commented ? [`# keep above ${index}`] : []),
      ...(isForeign ? lines : [])
    ])
  }))

/* Edits, and what they mean */

interface Step {
  readonly edit: Edits.Edit<unknown>
  readonly says: string
  /** `null` where the edit must be refused. */
  readonly meaning: (before: Model) => Model | null
}

const without = <A>(record: Readonly<Record<string, A>>, key: string): Record<string, A> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))

/** Puts an account in place; the pin stays only where the active account did not move. */
const withAccount = (model: Model, name: string, next: AccountModel): Model => {
  const before = model.accounts[name]
  const moved = before?.region !== next.region || before.project !== next.project
  return {
    ...model,
    accounts: { ...model.accounts, [name]: next },
    pin: model.active === name && moved ? null : model.pin
  }
}

const add = pick(names).map(
  (name): Step => ({
    says: `add ${name}`,
    edit: Edits.addAccount(new OAuthBrowserAccount({ name: AccountName.make(name), region: "us" })),
    meaning: (before) =>
      before.accounts[name] === undefined
        ? { ...before, accounts: { ...before.accounts, [name]: { region: "us", project: null } } }
        : null
  })
)

const update = fc.tuple(pick(names), pick<Region>(regions), pick(projects)).map(
  ([name, region, project]): Step => ({
    says: `update ${name} ${region} ${project}`,
    edit: Edits.updateAccount(name, { region, defaultProject: ProjectId.make(project) }),
    meaning: (before) => (before.accounts[name] === undefined ? null : withAccount(before, name, { region, project }))
  })
)

const removal = fc.tuple(pick(names), fc.boolean()).map(
  ([name, force]): Step => ({
    says: `remove ${name} ${force}`,
    edit: Edits.removeAccount(name, { force }),
    meaning: (before) => {
      const inUse = Object.values(before.targets).some(({ account }) => account === name)
      if (before.accounts[name] === undefined || (inUse && !force)) return null
      const accounts = without(before.accounts, name)
      return before.active === name ? { ...before, accounts, active: null, pin: null } : { ...before, accounts }
    }
  })
)

const useAccount = pick(names).map(
  (name): Step => ({
    says: `use ${name}`,
    edit: Edits.useAccount(name),
    meaning: (before) => (before.accounts[name] === undefined ? null : { ...before, active: name, pin: null })
  })
)

const useProject = fc.tuple(pick(projects), fc.option(pick(names))).map(
  ([project, named]): Step => ({
    says: `project ${project} of ${named}`,
    edit: Edits.useProject(ProjectId.make(project), Option.fromNullable(named)),
    meaning: (before) => {
      const name = named ?? before.active
      const account = name === null ? undefined : before.accounts[name]
      return name === null || account === undefined ? null : withAccount(before, name, { ...account, project })
    }
  })
)

const useWorkspace = pick([5, 9]).map(
  (pin): Step => ({
    says: `workspace ${pin}`,
    edit: Edits.useWorkspace(WorkspaceId.make(pin), Option.none()),
    meaning: (before) =>
      before.active === null || before.accounts[before.active] === undefined ? null : { ...before, pin }
  })
)

const addTarget = fc.tuple(pick(["t", "u", "v"]), pick(names)).map(
  ([name, account]): Step => ({
    says: `target ${name} ${account}`,
    edit: Edits.addTarget(new Target({ name, account: AccountName.make(account), project: ProjectId.make("2") })),
    meaning: (before) =>
      before.targets[name] !== undefined || before.accounts[account] === undefined
        ? null
        : { ...before, targets: { ...before.targets, [name]: { account, project: "2", workspace: null } } }
  })
)

const removeTarget = pick(["t", "u", "v"]).map(
  (name): Step => ({
    says: `no target ${name}`,
    edit: Edits.removeTarget(name),
    meaning: (before) =>
      before.targets[name] === undefined ? null : { ...before, targets: without(before.targets, name) }
  })
)

const useTarget = pick(["t", "u", "v"]).map(
  (name): Step => ({
    says: `use target ${name}`,
    edit: Edits.useTarget(name),
    meaning: (before) => {
      const target = before.targets[name]
      const account = target === undefined ? undefined : before.accounts[target.account]
      if (target === undefined || account === undefined) return null
      const accounts = { ...before.accounts, [target.account]: { ...account, project: target.project } }
      return { ...before, accounts, active: target.account, pin: target.workspace }
    }
  })
)

const renaming = fc.tuple(pick(names), pick(names)).map(
  ([name, next]): Step => ({
    says: `rename ${name} ${next}`,
    edit: Edits.renameAccount(name, AccountName.make(next)),
    meaning: (before) => {
      const account = before.accounts[name]
      const others = Object.keys(before.accounts).filter((other) => other !== name)
      const isTaken = others.some((other) => other.toLowerCase() === next.toLowerCase())
      if (account === undefined || name === next || isTaken) return null
      const targets = Object.fromEntries(
        Object.entries(before.targets).map(([key, target]) => [
          key,
          target.account === name ? { ...target, account: next } : target
        ])
      )
      const accounts = { ...without(before.accounts, name), [next]: account }
      return { ...before, accounts, targets, active: before.active === name ? next : before.active }
    }
  })
)

const steps = fc.array(
  fc.oneof(add, update, removal, renaming, useAccount, useProject, useWorkspace, addTarget, removeTarget, useTarget),
  { maxLength: 12 }
)

/** Whether lines occur in a text in this order, each as a whole line. */
const hasInOrder = (text: string, lines: ReadonlyArray<string>): boolean => {
  const rest = text.split(/\r?\n/)
  return lines.every((line) => {
    const at = rest.indexOf(line)
    if (at === -1) return false
    rest.splice(0, at + 1)
    return true
  })
}

/** Whether an account block that is there makes an added one the second, broken blocks counted. */
const isFirst = (text: string): boolean => !/^\[ ?accounts/m.test(text.replace(/"""[^]*?"""/g, ""))

describe("any sequence of edits", () => {
  it("means what the model means, and leaves foreign lines in their order", () => {
    fc.assert(
      fc.property(file, steps, ({ foreign, text }, sequence) => {
        let document = Either.getOrThrow(Config.parse("/c.toml", text))
        for (const { edit, meaning: predict, says } of sequence) {
          const before = meaning(document)
          const promoted = says.startsWith("add") && isFirst(document.toml.text)
          const predicted = predict(before)
          const result = edit(document)
          if (Either.isRight(result) !== (predicted !== null)) throw new Error(`${says}: refused or not, wrongly`)
          if (Either.isLeft(result) || predicted === null) continue
          document = result.right.document
          const wanted = promoted ? { ...predicted, active: says.slice(4), pin: null } : predicted
          expect([says, meaning(document)]).toEqual([says, wanted])
          const { text: edited } = document.toml
          const holds = {
            isFaithful: isFaithful(document.toml),
            keepsForeign: hasInOrder(edited, foreign),
            keepsLineEnds: !text.includes("\r\n") || !/[^\r]\n/.test(edited)
          }
          expect({ says, edited, ...holds }).toEqual({
            says,
            edited,
            isFaithful: true,
            keepsForeign: true,
            keepsLineEnds: true
          })
        }
      }),
      { numRuns: 250 }
    )
  })
})

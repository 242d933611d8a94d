/** What `mp config migrate` does. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Config from "../../../domain/config/ConfigDocument.ts"
import { maskedText } from "../../../domain/config/ConfigView.ts"
import { ConfigError } from "../../../domain/errors.ts"
import { command, quoted } from "../../../domain/hints/Command.ts"
import { ConfigMigration, make as makeMigration, type Migration } from "../../../services/config/ConfigMigration.ts"
import { ConfigStore } from "../../../services/config/ConfigStore.ts"
import { CredentialStorage } from "../../../services/storage/CredentialStorage.ts"
import { done, notices } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { type Part, TerminalText } from "../../app/TerminalText.ts"

export const run = ({ dryRun }: { readonly dryRun: boolean }) =>
  Effect.gen(function* () {
    const service = yield* ConfigMigration
    const path = yield* (yield* ConfigStore).path
    if ((yield* CredentialStorage).isShared) {
      return yield* new ConfigError({
        message: `mp config migrate is for the file of this machine, and MP_STORE keeps the configuration elsewhere: ${path}.`,
        hints: [command`env -u MP_STORE mp config migrate`],
        details: { path }
      })
    }
    const migration = yield* dryRun ? service.plan : service.run
    if (Option.isNone(migration)) {
      const none = { ...nothing, path, dry_run: dryRun }
      return yield* done([`${path} is in the current format: there is nothing to migrate.`], none)
    }
    yield* done(sentences(migration.value, dryRun), fieldsOf(migration.value, dryRun))
    yield* notices(migration.value.notes)
  }).pipe(Effect.provideServiceEffect(ConfigMigration, makeMigration))

const sentences = (migration: Migration, dryRun: boolean): ReadonlyArray<Part> => {
  const { after, format, legacy, left, steps, tokens, tokensLeft } = migration
  const { path } = after
  return [
    dryRun ? `${path} would be migrated from version ${format}:` : `Migrated ${path} from version ${format}:`,
    ...steps.map(({ from, to }) => `  ${from} → ${to}`),
    ...tokens.map(({ from, to }) => `  ${from} → ${to}`),
    ...section(
      `Not migrated, and kept only in ${legacy}:`,
      left.map(({ reason, what }) => `  ${what}: ${reason}`)
    ),
    ...section(
      "Tokens that stay where they are:",
      tokensLeft.map(({ path, reason }) => `  ${path}: ${reason}`)
    ),
    ...(dryRun ? preview(migration) : kept(legacy))
  ]
}

const section = (heading: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [heading, ...lines]

const preview = ({ after, legacy }: Migration): ReadonlyArray<Part> => [
  `The original would be kept as ${legacy}. The file would say (secrets hidden):`,
  "",
  TerminalText.lines(maskedText(after).trimEnd())
]

const kept = (legacy: string): ReadonlyArray<string> => [
  `The original, with its secrets and the comments of its old blocks, is kept as ${legacy}.`,
  `When everything works: rm ${quoted(legacy)}`
]

const nothing = {
  path: "",
  from: null,
  migrated: false,
  dry_run: false,
  legacy: null,
  steps: [],
  not_taken_over: [],
  tokens: [],
  tokens_left: [],
  notes: [],
  accounts: null,
  targets: null,
  config: null
} satisfies Fields

const fieldsOf = (migration: Migration, dryRun: boolean): Fields => ({
  path: migration.after.path,
  from: migration.format,
  migrated: !dryRun,
  dry_run: dryRun,
  legacy: migration.legacy,
  steps: migration.steps.map(({ from, to }) => ({ from, to })),
  not_taken_over: migration.left.map(({ reason, what }) => ({ what, reason })),
  tokens: migration.tokens.map(({ account, from, to }) => ({ account, from, to })),
  tokens_left: migration.tokensLeft.map(({ path, reason }) => ({ path, reason })),
  notes: migration.notes,
  accounts: Config.accountNames(migration.after),
  targets: Config.targetNames(migration.after),
  config: dryRun ? maskedText(migration.after) : null
})

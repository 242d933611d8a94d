/** `mp config set` and `mp config unset`: the settings that have no command of their own. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { parse } from "../../../domain/account/identifiers.ts"
import { HeaderName } from "../../../domain/session/SessionHeaders.ts"
import * as Edits from "../../../domain/config/ConfigEdits.ts"
import { argument as word, type Command, command } from "../../../domain/hints/Command.ts"
import { ConfigStore } from "../../../services/config/ConfigStore.ts"
import { declare } from "../../app/declare.ts"
import { argument, flag } from "../../app/facts.ts"
import { checked, invalid } from "../../app/invalid.ts"
import { done, notice } from "../../app/output.ts"
import { secretFromStdin } from "../account/accountFlags.ts"

const headerName = "custom_header.name"

/** What `mp config show` hides, too. */
const secretKeys = ["custom_header.value", "project_secret", "project_token", "projects.ID.secret", "projects.ID.token"]

/** What takes no text, with an example. The audit file gets nothing, what is done with logins, or each bearer as well. */
const plainSettings = new Map<string, { readonly example: string; readonly values: ReadonlyArray<string> }>([
  ["audit", { example: "all", values: ["true", "false", "all"] }],
  ["query_budget", { example: "false", values: ["true", "false"] }]
])

const settings = [headerName, ...plainSettings.keys(), ...secretKeys]

const key = argument("KEY", { description: `one of ${settings.join(", ")}`, required: true })

const isSetting = (name: string): boolean => settings.includes(name.replace(/^(projects\.)[0-9]+\./, "$1ID."))

const commandFor = (name: string): Command => {
  const [section, block = "NAME", field = ""] = name.split(".")
  if (section === "accounts") {
    if (field === "secret" || field === "token") {
      return command`printf %s "$SECRET" | mp account update ${`--${field}-stdin`} ${word(block)}`
    }
    return field === "default_project" ? command`mp project use ID` : command`mp account update --help`
  }
  if (section === "targets") return command`mp target add --help`
  if (section === "active") return block === "workspace" ? command`mp workspace use ID` : command`mp account use NAME`
  return command`mp config set --help`
}

/** A key that has to be one of the settings; `settings.` may stand before it, as in the file. */
const settingNamed = (given: string) => {
  const name = given.replace(/^settings\./, "")
  if (isSetting(name)) return Effect.succeed(name)
  const isElsewhere = /^(?:accounts|targets|active)(?:\.|$)/.test(name)
  return invalid(
    isElsewhere
      ? `'${given}' is not a setting: it has commands of its own.`
      : `There is no setting '${given}'. The settings are ${settings.join(", ")}.`,
    commandFor(name)
  )
}

const setters = {
  value: argument("VALUE", { description: "its value; secrets are read from stdin", required: false }),
  secretStdin: flag("secret-stdin", { description: "read the value, which is a secret, from stdin" })
}

const plainValue = (name: string, text: string): Either.Either<string | boolean, string> => {
  const plain = plainSettings.get(name)
  if (plain === undefined) return parse(HeaderName)(text)
  if (!plain.values.includes(text))
    return Either.left(`must be ${plain.values.join(", ").replace(/, (\w+)$/, " or $1")}`)
  return Either.right(text === "true" || text === "false" ? text === "true" : text)
}

export const set = declare(
  "set",
  {
    summary: "change a setting that has no command of its own",
    examples: [
      "mp config set custom_header.name X-Cluster",
      "mp config set audit all",
      "mp config set query_budget false",
      'printf %s "$SECRET" | mp config set custom_header.value --secret-stdin'
    ]
  },
  { key, ...setters },
  function* (given) {
    const name = yield* settingNamed(given.key)
    const isSecret = name !== headerName && !plainSettings.has(name)
    const example = plainSettings.get(name)?.example ?? "X-NAME"
    if (isSecret && Option.isSome(given.value)) {
      return yield* invalid(`'${name}' may be a secret: it is read from stdin, not from the command line.`, {
        piped: true,
        argument: [given.value.value, null],
        flags: [["secret-stdin"]]
      })
    }
    if (isSecret !== given.secretStdin || isSecret === Option.isSome(given.value)) {
      return yield* isSecret
        ? invalid("VALUE is missing.", { piped: true, flags: [["secret-stdin"]] })
        : invalid(`'${name}' needs VALUE, which is no secret.`, command`mp config set ${name} ${example}`)
    }
    const value = isSecret
      ? Redacted.value(yield* secretFromStdin("--secret-stdin"))
      : yield* checked(
          "VALUE",
          plainValue(
            name,
            Option.getOrElse(given.value, () => "")
          ),
          command`mp config set ${name} ${example}`
        )
    yield* Effect.flatMap(ConfigStore, ({ modify }) => modify(Edits.setSetting(name, value)))
    yield* done([`Set ${name}.`], { name, value: isSecret ? null : value })
  }
)

export const unset = declare(
  "unset",
  { summary: "remove a setting", examples: ["mp config unset custom_header.name"] },
  { key },
  function* (given) {
    const name = yield* settingNamed(given.key)
    const changed = yield* Effect.flatMap(ConfigStore, ({ modify }) => modify(Edits.unsetSetting(name)))
    yield* done([changed ? `Removed ${name}.` : `${name} is not set.`], { name, changed })
    if (changed && name.startsWith("custom_header.")) yield* notice("The header was removed, name and value.")
  }
)

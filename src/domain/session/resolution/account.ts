import { argument, type Command, command } from "../../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { BridgeSource } from "../BridgeFile.ts"
import { sourceText } from "../../account/CredentialSource.ts"
import * as Config from "../../config/ConfigDocument.ts"
import { type GivenSource, hasSource, sourceOf } from "../../config/credentialSources.ts"
import { type Environment, environmentCredentials } from "../Environment.ts"
import { accountNamed } from "../../config/named.ts"
import { NoAccount } from "../../errors.ts"
import type { Identity } from "../Caller.ts"
import type { Inputs, Source } from "./Inputs.ts"
import type { Offer } from "./Offer.ts"
import { type ChosenRule, ruleFix } from "./directory.ts"
import { type ChosenTarget, fromTarget } from "./target.ts"

export type Active = ReturnType<typeof Config.active>

/** A bridge of the working directory comes last: whoever writes there decides nothing that the user has decided. */
export const accountOffers = (
  inputs: Inputs,
  target: ChosenTarget,
  rule: Option.Option<ChosenRule>,
  active: Active
): ReadonlyArray<Offer<Identity>> => [
  ...environmentOffers(inputs.environment),
  ...Option.toArray(inputs.overrides.account).map(({ origin, value }) =>
    configured(inputs, "flag", origin, value, origin)
  ),
  ...fromTarget(inputs, target, "account", ({ account, name }, origin) => [
    configured(inputs, "target", origin, account, `target '${name}'`, command`mp target remove ${argument(name)}`)
  ]),
  ...Option.toArray(inputs.bridges.chosen).map(bridged),
  ...Option.toArray(rule).flatMap((found) => ruled(inputs, found)),
  ...Option.toArray(Config.activeAccountName(inputs.config)).map((name) => activeAccount(inputs, active, name)),
  ...Option.toArray(inputs.bridges.here).map(bridgedHere)
]

/** A bridge that cannot be used fails where it would win, and harms nobody else. */
const bridged = ({ content, path }: BridgeSource): Offer<Identity> => ({
  source: "bridge",
  origin: `account in ${path}`,
  value: Either.match(content, { onLeft: () => "(broken)", onRight: ({ account }) => account.name }),
  take: Either.map(content, ({ account }): Identity => ({ account, origin: "bridge" })),
  skip: null
})

const bridgedHere = (source: BridgeSource): Offer<Identity> => ({
  ...bridged(source),
  skip: Either.match(source.content, { onLeft: ({ message }) => message.replace(/\.$/, ""), onRight: () => null })
})

/** A rule that cannot be used fails where it would win: what comes after it was not meant for this directory. */
const ruled = (inputs: Inputs, { index, origin, says, value }: ChosenRule): ReadonlyArray<Offer<Identity>> =>
  Either.match(says, {
    onLeft: (error) => [{ source: "directory", origin, value, take: Either.left(error), skip: null }],
    onRight: ({ account }) =>
      Option.toArray(account).map((name) => {
        const isThere = Option.isSome(Config.account(inputs.config, name))
        return configured(inputs, "directory", origin, name, origin, ruleFix(inputs.config, index, isThere))
      })
  })

const configured = (
  { config }: Inputs,
  source: Source,
  origin: string,
  name: string,
  asker: string,
  fix?: Command
): Offer<Identity> => ({
  source,
  origin,
  value: name,
  skip: null,
  note: hasSource(config, name) ? sourceNote(config, name) : undefined,
  take: Either.map(accountNamed(config, name, asker, fix), (account): Identity => ({ account, origin: "config" }))
})

const sourceNote = (config: Inputs["config"], name: string): string | undefined =>
  Option.getOrUndefined(
    Option.map(
      Either.getOrElse(sourceOf(config, name), Option.none<GivenSource>),
      ({ source }) => `its credential comes from the ${source.kind} ${sourceText(source)}`
    )
  )

const activeAccount = (inputs: Inputs, active: Active, name: string): Offer<Identity> => {
  const origin = `[active].account in ${inputs.config.path}`
  // All names are sorted only where this one is missing: there may be thousands.
  const isThere = Option.isSome(Config.account(inputs.config, name))
  const [first] = isThere ? [] : Config.accountNames(inputs.config)
  const fix = first === undefined ? command`mp login` : command`mp account use ${argument(first)}`
  const found = configured(inputs, "active", origin, name, origin, fix)
  return { ...found, take: Either.flatMap(active, () => found.take) }
}

const environmentOffers = (environment: Environment): ReadonlyArray<Offer<Identity>> =>
  environmentCredentials(environment).map(({ credential, name, origin }) => ({
    source: "environment",
    origin,
    value: name,
    take: Either.mapBoth(credential, {
      onLeft: () => new NoAccount({ notes: [] }),
      onRight: (account): Identity => ({ account, origin: "environment" })
    }),
    skip: Either.match(credential, { onLeft: (missing) => missing, onRight: () => null })
  }))

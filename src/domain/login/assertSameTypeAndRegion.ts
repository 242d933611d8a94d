/** An account keeps its type and its region for life: another login under its name is a mistake. */
import { argument, command, inTurn } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Account } from "../account/Account.ts"
import { ConfigError } from "../errors.ts"
import type { Region } from "../account/identifiers.ts"

const flagsOfType: Record<Account["type"], ReadonlyArray<string>> = {
  service_account: ["--service-account"],
  oauth_browser: [],
  oauth_token: ["--token-env", "VAR"]
}

export const assertSameTypeAndRegion = (
  account: Account,
  type: Account["type"],
  region: Option.Option<Region>
): Either.Either<void, ConfigError> => {
  const moved = Option.filter(region, (wanted) => wanted !== account.region)
  if (account.type === type && Option.isNone(moved)) return Either.void
  const wanted = Option.match(moved, { onNone: () => type, onSome: (to) => `${type} in ${to}` })
  const flags = [...flagsOfType[type], ...Option.match(region, { onNone: () => [], onSome: (to) => ["--region", to] })]
  return Either.left(
    new ConfigError({
      message: `Account '${account.name}' already exists as ${account.type} in ${account.region}; a login as ${wanted} cannot take its place.`,
      hints: [
        command`mp login --name ${`${account.name}-2`} ${flags}`,
        inTurn(command`mp account remove ${argument(account.name)}`, command`mp login --name ${account.name} ${flags}`)
      ],
      details: { account: account.name, type: account.type, region: account.region }
    })
  )
}

import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Account } from "../account/Account.ts"
import { AccountNotFound, type ConfigError, TargetNotFound } from "../errors.ts"
import type { Command } from "../hints/Command.ts"
import type { Target } from "../session/SavedSession.ts"
import * as Config from "./ConfigDocument.ts"

/** An account; `origin` is what asked for it, `fix` what fixes it where that was not the command line. */
export const accountNamed = (
  document: Config.ConfigDocument,
  name: string,
  origin = "NAME",
  fix?: Command
): Either.Either<Account, AccountNotFound | ConfigError> =>
  Option.getOrElse(
    Config.account(document, name),
    (): Either.Either<Account, AccountNotFound> => Either.left(accountNotFound(document, name, origin, fix))
  )

export const accountNotFound = (document: Config.ConfigDocument, name: string, origin = "NAME", fix?: Command) =>
  new AccountNotFound({ account: name, origin, available: Config.accountNames(document), fix })

export const targetNamed = (
  document: Config.ConfigDocument,
  name: string,
  origin = "NAME",
  fix?: Command
): Either.Either<Target, TargetNotFound | ConfigError> =>
  Option.getOrElse(
    Config.target(document, name),
    (): Either.Either<Target, TargetNotFound> => Either.left(targetNotFound(document, name, origin, fix))
  )

export const targetNotFound = (document: Config.ConfigDocument, name: string, origin = "NAME", fix?: Command) =>
  new TargetNotFound({ target: name, origin, available: Config.targetNames(document), fix })

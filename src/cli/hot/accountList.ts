/** `mp account list`, the short way. */
import * as Effect from "effect/Effect"
import * as Accounts from "../../services/Accounts.ts"
import { accountList } from "../handlers/accountList.ts"
import { withStores } from "../readers.ts"
import { shortWay } from "./shortWay.ts"

export const run = shortWay(() =>
  withStores(Effect.provideServiceEffect(accountList, Accounts.Accounts, Accounts.make))
)

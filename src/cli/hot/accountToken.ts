/** `mp account token`, the short way. */
import * as Option from "effect/Option"
import { accountToken } from "../handlers/accountToken.ts"
import { withBearers } from "../readers.ts"
import { shortWay } from "./shortWay.ts"

export const run = shortWay(({ argument }) => withBearers(accountToken(Option.fromNullable(argument))))

/** The flags of a login through a browser: the same for `mp login` and `mp account login`. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { InvalidArgument } from "../../../domain/errors.ts"
import { flag, type Given } from "../../app/facts.ts"
import { invalid } from "../../app/invalid.ts"

export const browserFlags = {
  noBrowser: flag("no-browser", { description: "open no browser; print the address and read the redirect from stdin" }),
  timeout: flag("timeout", { value: "SECONDS", description: "how long to wait for the browser (300)" })
}

export type BrowserFlags = Given<typeof browserFlags>

/** How many seconds a person may take. */
export const timeoutOf = ({ timeout }: BrowserFlags): Either.Either<number, InvalidArgument> => {
  const text = Option.getOrElse(timeout, () => "300")
  return /^[0-9]{1,4}$/.test(text) && Number(text) > 0
    ? Either.right(Number(text))
    : Either.left(invalid("--timeout must be a number of seconds from 1 to 9999.", { flags: [["timeout", "300"]] }))
}

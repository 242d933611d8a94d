/** Why a broker does not do what a guest asks for: told to the guest as it is, so it names nothing of the user. */
import * as Data from "effect/Data"

export type BrokerRule =
  | "host"
  | "origin"
  | "token"
  | "request"
  | "method"
  | "path"
  | "project"
  | "workspace"
  | "body"
  | "limit"
  | "upstream"

export class Denied extends Data.TaggedError("Denied")<{
  readonly status: number
  readonly rule: BrokerRule
  readonly reason: string
}> {
  constructor(status: number, rule: BrokerRule, reason: string) {
    super({ status, rule, reason })
  }
}

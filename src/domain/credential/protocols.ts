import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account, ServiceAccount } from "../account/Account.ts"
import { basic, bearer } from "../api/RequestHeaders.ts"
import { ConfigError } from "../errors.ts"
import { command } from "../hints/Command.ts"
import { isRecord, parseJson } from "../internal/json.ts"
import { CredentialWithheld } from "./CredentialWithheld.ts"

export const protocols = ["bazel", "headers", "exec-credential", "json"] as const
export type Protocol = (typeof protocols)[number]

export interface HandedCredential {
  readonly account: Account
  readonly token: Redacted.Redacted
  readonly authorization: Redacted.Redacted
  /** Epoch milliseconds, where it is known. */
  readonly expiresAt: Option.Option<number>
}

export const ofServiceAccount = (
  account: ServiceAccount,
  { expiresAt, token }: Pick<HandedCredential, "token" | "expiresAt">
): HandedCredential => ({
  account,
  token,
  authorization: Redacted.make(basic(account.username, Redacted.value(token))),
  expiresAt
})

export const ofBearer = (
  account: Account,
  { expiresAt, token }: Pick<HandedCredential, "token" | "expiresAt">
): HandedCredential => ({ account, token, authorization: Redacted.make(bearer(Redacted.value(token))), expiresAt })

type Answer = { readonly [key: string]: string | null | ReadonlyArray<string> | Answer }

/** `execInfo` is what a client of Kubernetes says in `KUBERNETES_EXEC_INFO`. */
export const answerOf = (
  protocol: Protocol,
  credential: HandedCredential,
  execInfo: Option.Option<string>
): Either.Either<Answer, CredentialWithheld | ConfigError> => {
  const { account, expiresAt } = credential
  const authorization = Redacted.value(credential.authorization)
  const expires = Option.map(expiresAt, (millis) => new Date(millis).toISOString())
  switch (protocol) {
    // https://github.com/EngFlow/credential-helper-spec
    case "bazel":
      return Either.right({ headers: { Authorization: [authorization] }, ...present("expires", expires) })
    case "headers":
      return Either.right({ Authorization: authorization })
    case "exec-credential":
      return account.type === "service_account"
        ? Either.left(noBearer(account))
        : Either.map(execVersion(execInfo), (apiVersion) => ({
            apiVersion,
            kind: "ExecCredential",
            status: { token: Redacted.value(credential.token), ...present("expirationTimestamp", expires) }
          }))
    case "json":
      return Either.right({
        type: account.type,
        header: { name: "Authorization", value: authorization },
        expires_at: Option.getOrNull(expires)
      })
  }
}

const present = (key: string, value: Option.Option<string>): Answer =>
  Option.match(value, { onNone: () => ({}), onSome: (known) => ({ [key]: known }) })

const noBearer = ({ name }: Account) =>
  new CredentialWithheld({
    account: name,
    reason: "an ExecCredential holds a bearer, and a service account has a user name and a secret instead",
    instead: [{ flags: [["protocol", "json"]] }]
  })

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
const execVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"] as const

const execVersion = (info: Option.Option<string>): Either.Either<string, ConfigError> => {
  if (Option.isNone(info)) return Either.right(execVersions[0])
  const asked = Either.getOrNull(parseJson(info.value))
  const version = execVersions.find((known) => isRecord(asked) && asked["apiVersion"] === known)
  return Either.fromNullable(
    version,
    () =>
      new ConfigError({
        message: `KUBERNETES_EXEC_INFO must be JSON with an "apiVersion" that is ${execVersions.join(" or ")}.`,
        hints: [command`unset KUBERNETES_EXEC_INFO`],
        details: { variable: "KUBERNETES_EXEC_INFO" }
      })
  )
}

export const bazelAddress = (text: string): Either.Either<string, string> => {
  const asked = Either.getOrNull(parseJson(text))
  const uri = isRecord(asked) ? asked["uri"] : undefined
  return typeof uri === "string" && uri !== ""
    ? Either.right(uri)
    : Either.left('must hold a JSON object with "uri", the address that the credential is for')
}

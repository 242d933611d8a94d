/** What is wrong with the variables, or at least surprising about them. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { isProxyAddress } from "../api/ProxyAddress.ts"
import { documentOf } from "../config/checkConfig.ts"
import * as Config from "../config/ConfigDocument.ts"
import {
  emptyEnvironment,
  parseEndpointOverrides,
  parseEnvironment,
  type ReadVariable,
  environmentCredentials
} from "../session/Environment.ts"
import { type Command, command, quoted } from "../hints/Command.ts"
import type { ConfigError } from "../errors.ts"
import { type Candidate, noOverrides, resolve } from "../session/Resolution.ts"
import type { FindingId } from "./catalogue.ts"
import type { Facts } from "./Facts.ts"
import { type Finding, finding, subjectText, variable } from "./Finding.ts"
import { proxyVariables } from "./variables.ts"

export const environmentFindings = (facts: Facts): ReadonlyArray<Finding> => {
  const malformed = malformedVariables(facts.variables)
  const refused = new Set(malformed.map(({ subject }) => subjectText(subject)))
  const rest = reading(facts.variables, (name) => !refused.has(name))
  return [
    ...malformed,
    ...(malformed.length > 0 ? [] : partialCredentials(facts.variables)),
    ...namedTwice(facts.variables),
    ...unknownNames(facts),
    ...shadowed(facts, rest),
    ...addresses(facts.variables),
    ...proxies(facts.variables),
    ...Option.toArray(facts.missingCertificates).map((path) =>
      unwanted(
        "certificates-missing",
        "NODE_EXTRA_CA_CERTS",
        `NODE_EXTRA_CA_CERTS names ${path}, which does not exist.`
      )
    )
  ]
}

const reading =
  (read: ReadVariable, counts: (name: string) => boolean): ReadVariable =>
  (name) =>
    counts(name) ? read(name) : Option.none()

const only = (read: ReadVariable, names: ReadonlyArray<string>) => reading(read, (name) => names.includes(name))

/** What is wrong with a variable, and goes with it. */
const unwanted = (id: FindingId, name: string, problem: string): Finding =>
  finding(id, variable(name), problem, unset(name))

const decoded = [
  ["MP_USERNAME"],
  ["MP_SECRET"],
  ["MP_OAUTH_TOKEN"],
  ["MP_REGION"],
  ["MP_PROJECT_ID"],
  ["MP_WORKSPACE_ID"],
  ["MP_CUSTOM_HEADER_NAME", "MP_CUSTOM_HEADER_VALUE"]
]

const malformedVariables = (read: ReadVariable): ReadonlyArray<Finding> =>
  decoded.flatMap((names) => refusals("variable-malformed", names, parseEnvironment(only(read, names))))

const refusals = (
  id: FindingId,
  [name = ""]: ReadonlyArray<string>,
  result: Either.Either<unknown, ConfigError>
): ReadonlyArray<Finding> => (Either.isLeft(result) ? [unwanted(id, name, result.left.message)] : [])

/** A weaker credential that is not complete does not matter while a stronger one is. */
const partialCredentials = (read: ReadVariable): ReadonlyArray<Finding> => {
  const found = environmentCredentials(Either.getOrElse(parseEnvironment(read), () => emptyEnvironment))
  const whole = found.findIndex(({ credential }) => Either.isRight(credential))
  return (whole === -1 ? found : found.slice(0, whole)).flatMap(({ credential, origin }) =>
    Either.isLeft(credential)
      ? [
          unwanted(
            "credential-partial",
            origin,
            `${origin} ${origin.includes(",") ? "are" : "is"} not used: ${credential.left}.`
          )
        ]
      : []
  )
}

const unset = (origin: string): Command => command`unset ${origin.split(", ")}`

const namedTwice = (read: ReadVariable): ReadonlyArray<Finding> =>
  Option.isSome(read("MP_ACCOUNT")) && Option.isSome(read("MP_TARGET"))
    ? [
        unwanted(
          "account-and-target-set",
          "MP_TARGET",
          "MP_ACCOUNT and MP_TARGET are both set, and only one of them can choose the account."
        )
      ]
    : []

const unknownNames = (facts: Facts): ReadonlyArray<Finding> => {
  const document = documentOf(facts.config)
  const check = (name: string, what: string, known: ReadonlyArray<string>) =>
    Option.toArray(facts.variables(name))
      .filter((value) => !known.includes(value))
      .map((value) =>
        unwanted("name-unknown", name, `${name} names ${what} ${quoted(value)}, which is not configured.`)
      )
  return [
    ...check("MP_ACCOUNT", "account", Config.accountNames(document)),
    ...check("MP_TARGET", "target", Config.targetNames(document))
  ]
}

/** The resolver says what shadows what; here it is only read. */
const shadowed = (facts: Facts, read: ReadVariable): ReadonlyArray<Finding> => {
  const { explain } = resolve({
    overrides: noOverrides,
    environment: Either.getOrElse(parseEnvironment(read), () => emptyEnvironment),
    config: documentOf(facts.config),
    bridges: facts.bridge.sources,
    directories: facts.rules
  })
  const account = shadows("account-shadowed", explain.account)
  return account.length > 0
    ? account
    : [...shadows("project-shadowed", explain.project), ...shadows("workspace-shadowed", explain.workspace)]
}

const shadows = (id: FindingId, candidates: ReadonlyArray<Candidate>): ReadonlyArray<Finding> => {
  const winner = candidates.find(({ source, status }) => status === "used" && source === "environment")
  const losers = candidates.filter(
    ({ source, status, value }) => source !== "environment" && status === "shadowed" && value !== winner?.value
  )
  return winner === undefined || losers.length === 0
    ? []
    : [
        finding(
          id,
          variable(winner.origin),
          `${winner.origin} (${winner.value}) ${winner.origin.includes(",") ? "come" : "comes"} before ${losers.map(({ origin, value }) => `${origin} (${value})`).join(", ")}.`,
          unset(credentialOnly(winner.origin))
        )
      ]
}

/** Project and region may be meant for other things; the credential itself is what shadows. */
const credentialOnly = (origin: string): string => {
  const names = origin.split(", ")
  return names.length === 1 ? origin : names.filter((name) => !/^MP_(PROJECT_ID|REGION)$/.test(name)).join(", ")
}

const addresses = (read: ReadVariable): ReadonlyArray<Finding> =>
  ["MP_API_BASE_URL", "MP_APP_BASE_URL"].flatMap((name) => {
    const unsafe = refusals("address-unsafe", [name], parseEndpointOverrides(only(read, [name])))
    return unsafe.length > 0
      ? unsafe
      : Option.toArray(read(name)).map((address) =>
          unwanted("address-moved", name, `${name} sends requests to ${new URL(address).origin}.`)
        )
  })

const proxies = (read: ReadVariable): ReadonlyArray<Finding> =>
  proxyVariables
    .filter((name) => Option.exists(read(name), (address) => !isProxyAddress(address)))
    .map((name) =>
      unwanted("proxy-unusable", name, `${name} is not an http: or https: address, so no request can be sent.`)
    )

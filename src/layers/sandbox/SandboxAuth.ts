/** Who is asking: what an `Authorization` header amounts to in the sandbox. */
import * as Encoding from "effect/Encoding"
import * as Either from "effect/Either"
import { findUser, type SandboxData, type SandboxProject, type SandboxUser } from "./SandboxData.ts"

/** A caller that was recognised; `key` tells credentials apart without being one. */
export type Principal =
  | { readonly _tag: "User"; readonly key: string; readonly user: SandboxUser }
  | { readonly _tag: "Project"; readonly key: string; readonly project: SandboxProject }

export const userPrincipal = (key: string, user: SandboxUser | undefined): Principal | undefined =>
  user === undefined ? undefined : { _tag: "User", key, user }

export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1]

export const identify = (data: SandboxData, authorization: string | undefined): Principal | undefined => {
  const bearer = bearerOf(authorization)
  if (bearer !== undefined) return fromBearer(data, bearer)
  const basic = /^Basic +(.+?) *$/i.exec(authorization ?? "")?.[1]
  return basic === undefined ? undefined : fromBasic(data, basic)
}

const fromBearer = (data: SandboxData, token: string): Principal | undefined => {
  const found = data.bearers.find((bearer) => bearer.token === token)
  return found && userPrincipal(`bearer:${found.userId}`, findUser(data, found.userId))
}

/** Mixpanel takes `user:secret` in base64 and also as it is. */
const fromBasic = (data: SandboxData, credentials: string): Principal | undefined => {
  const decoded = credentials.includes(":")
    ? credentials
    : Either.getOrElse(Encoding.decodeBase64String(credentials), () => "")
  const colon = decoded.indexOf(":")
  if (colon < 0) return undefined
  const [username, secret] = [decoded.slice(0, colon), decoded.slice(colon + 1)]
  return secret === "" ? fromProjectSecret(data, username) : fromServiceAccount(data, username, secret)
}

const fromProjectSecret = (data: SandboxData, secret: string): Principal | undefined => {
  const project = data.projects.find((candidate) => candidate.secret === secret)
  return project && { _tag: "Project", key: `project:${project.id}`, project }
}

const fromServiceAccount = (data: SandboxData, username: string, secret: string): Principal | undefined => {
  const found = data.serviceAccounts.find((account) => account.username === username && account.secret === secret)
  return found && userPrincipal(`service-account:${username}`, findUser(data, found.userId))
}

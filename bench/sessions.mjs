/** The sessions that requests are measured with, and the services beside the transport that they need. */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import {
  AccountName,
  OAuthBrowserAccount,
  Project,
  ProjectCredentials,
  ProjectId,
  ServiceAccount,
  Session,
  TokenResolver
} from "../dist/index.js"

const username = "team.292e7c.mp-service-account"
const secret = "0123456789abcdef0123456789abcdef"
const token = "t".repeat(64)
const project = new Project({ id: ProjectId.make("3018488") })

const serviceAccount = new ServiceAccount({
  name: AccountName.make("team"),
  region: "us",
  username,
  secret: Redacted.make(secret)
})

const person = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "us" })

/** A session for each kind of credential, and the header that its requests carry. */
export const sessions = {
  basic: {
    session: new Session({ account: serviceAccount, project }),
    authorization: `Basic ${Encoding.encodeBase64(`${username}:${secret}`)}`
  },
  bearer: { session: new Session({ account: person, project }), authorization: `Bearer ${token}` }
}

/** A bearer that is at hand (what looking it up costs is another row's business) and no project keys. */
export const credentials = Layer.merge(
  Layer.succeed(TokenResolver, {
    bearer: () => Effect.succeed({ token: Redacted.make(token), expiresAt: Option.none() }),
    refused: () => Effect.succeed(false)
  }),
  Layer.succeed(ProjectCredentials, {
    forProject: () => Effect.succeed({ secret: Option.none(), token: Option.none() })
  })
)

/**
 * What the sandbox knows: an invented shop with people, projects and credentials. Nothing in here is,
 * or ever was, a secret of anyone.
 */
import type { NonEmptyReadonlyArray } from "effect/Array"

interface SandboxOrganization {
  readonly id: number
  readonly name: string
}

interface SandboxWorkspace {
  readonly id: number
  readonly name: string
  readonly isDefault: boolean
}

export interface SandboxProject {
  /** A string of digits, as Mixpanel writes it. */
  readonly id: string
  readonly name: string
  readonly organizationId: number
  readonly timezone: string
  /** The host that `/me` names for this project: it tells the region. */
  readonly domain: string
  /** Accepted as `Basic secret:` by the export and import endpoints. */
  readonly secret: string
  /** Accepted by the ingestion endpoints. */
  readonly token: string
  readonly workspaces: ReadonlyArray<SandboxWorkspace>
  readonly events: ReadonlyArray<string>
  readonly annotations: ReadonlyArray<{ readonly id: number; readonly date: string; readonly description: string }>
}

/** Someone that `/me` can name: a person, or the face of a service account. */
export interface SandboxUser {
  readonly id: number
  readonly email: string
  readonly name: string
  /** The ids of the projects that this user reaches; any other is answered with 403. */
  readonly projects: ReadonlyArray<string>
}

interface SandboxServiceAccount {
  readonly username: string
  readonly secret: string
  readonly userId: number
}

interface SandboxBearer {
  readonly token: string
  readonly userId: number
}

/**
 * What a sandbox holds at its beginning.
 * @since 0.1.0
 * @category testing
 */
export interface SandboxData {
  readonly organizations: NonEmptyReadonlyArray<SandboxOrganization>
  readonly projects: NonEmptyReadonlyArray<SandboxProject>
  /** The first one is who logs in through OAuth. */
  readonly users: NonEmptyReadonlyArray<SandboxUser>
  readonly serviceAccounts: NonEmptyReadonlyArray<SandboxServiceAccount>
  readonly bearers: NonEmptyReadonlyArray<SandboxBearer>
}

const shopEvents = ["Login", "Sign Up", "Product Viewed", "Add to Cart", "Purchase"]

const ecommerce: SandboxProject = {
  id: "3018488",
  name: "E-Commerce Demo",
  organizationId: 100,
  timezone: "US/Pacific",
  domain: "mixpanel.com",
  secret: "sandbox-project-secret-3018488",
  token: "sandbox-project-token-3018488",
  workspaces: [
    { id: 3448414, name: "All Project Data", isDefault: true },
    { id: 3448415, name: "Growth Team", isDefault: false }
  ],
  events: shopEvents,
  annotations: [
    { id: 501, date: "2026-01-05 00:00:00", description: "New checkout" },
    { id: 502, date: "2026-02-14 00:00:00", description: "Valentine's campaign" },
    { id: 503, date: "2026-03-01 00:00:00", description: "Free delivery from 40" },
    { id: 504, date: "2026-04-20 00:00:00", description: "App 3.0" },
    { id: 505, date: "2026-05-11 00:00:00", description: "Loyalty points" }
  ]
}

const assistant: SandboxProject = {
  id: "3713224",
  name: "AI Demo",
  organizationId: 100,
  timezone: "UTC",
  domain: "mixpanel.com",
  secret: "sandbox-project-secret-3713224",
  token: "sandbox-project-token-3713224",
  workspaces: [{ id: 3448413, name: "All Project Data", isDefault: true }],
  events: ["Login", "Prompt Sent", "Answer Rated"],
  annotations: []
}

const storefront: SandboxProject = {
  id: "4100077",
  name: "Europe Storefront",
  organizationId: 200,
  timezone: "Europe/Berlin",
  domain: "eu.mixpanel.com",
  secret: "sandbox-project-secret-4100077",
  token: "sandbox-project-token-4100077",
  workspaces: [{ id: 3900001, name: "All Project Data", isDefault: true }],
  events: shopEvents,
  annotations: []
}

/**
 * The data that a sandbox starts with; spread it to change a part.
 * @since 0.1.0
 * @category testing
 */
export const defaultData: SandboxData = {
  organizations: [
    { id: 100, name: "Acme Corp" },
    { id: 200, name: "Acme Europe" }
  ],
  projects: [ecommerce, assistant, storefront],
  users: [
    { id: 42, email: "jo@example.com", name: "Jo Doe", projects: [ecommerce.id, assistant.id] },
    { id: 43, email: "sam@example.com", name: "Sam Roe", projects: [storefront.id] },
    { id: 9001, email: "team@example.com", name: "team", projects: [ecommerce.id, assistant.id] },
    { id: 9002, email: "europe@example.com", name: "europe", projects: [storefront.id] }
  ],
  serviceAccounts: [
    { username: "team.292e7c.mp-service-account", secret: "sandbox-secret-team", userId: 9001 },
    { username: "europe.51b0d3.mp-service-account", secret: "sandbox-secret-europe", userId: 9002 }
  ],
  bearers: [
    { token: "sandbox-bearer-jo", userId: 42 },
    { token: "sandbox-bearer-sam", userId: 43 }
  ]
}

export const findUser = (data: SandboxData, id: number): SandboxUser | undefined =>
  data.users.find((user) => user.id === id)

/** The projects that a user reaches, in the order of the data. */
export const projectsOf = (data: SandboxData, user: SandboxUser): ReadonlyArray<SandboxProject> =>
  data.projects.filter((project) => user.projects.includes(project.id))

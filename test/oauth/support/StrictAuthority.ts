/**
 * The rules of an authorization server that forgives nothing (OAuth 2.0 Security BCP, section 4.14): a refresh
 * token is good once; using it again revokes the whole family, the newest tokens included.
 */

/** What a login or a refresh gave. Generations count upwards over all families: a later one is a newer one. */
export interface Issued {
  readonly access: string
  readonly refresh: string
  readonly generation: number
}

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** What was asked of it. */
interface Figures {
  /** Refresh requests, whatever came of them. */
  readonly requests: number
  /** How often a spent refresh token was sent: each one ended a session. */
  readonly reuses: number
  readonly families: number
}

export interface StrictAuthority {
  /** A new family, as after a login. */
  readonly login: (clientId: string) => Issued
  /** Ends the family of a token, as a revocation does. */
  readonly revoke: (token: string) => void
  /** A refresh request (RFC 6749, section 6). */
  readonly refresh: (form: URLSearchParams) => Answer
  /** Whether an API would accept this access token. */
  readonly accepts: (access: string) => boolean
  readonly figures: () => Figures
  /** Of the newest tokens of all. */
  readonly generation: () => number
}

interface Family {
  readonly clientId: string
  newest: Issued
  revoked: boolean
}

/**
 * What a spent token leads to when it comes again: the family ends, it is refused, or it is forgiven as within a grace
 * period. What this library promises is promised on servers of the first kind.
 */
export type Reused = "revokes" | "refuses" | "forgives"

const refused = (error: string): Answer => ({ status: 400, body: { error, error_description: "no" } })

export const generationOf = (token: string): number => Number(/-(\d+)$/.exec(token)?.[1] ?? Number.NaN)

export const makeAuthority = (
  lifetimeSeconds: () => number = () => 3600,
  reused: Reused = "revokes"
): StrictAuthority => {
  const families: Array<Family> = []
  const byRefresh = new Map<string, Family>()
  let generation = 0
  let requests = 0
  let reuses = 0

  const issue = (family: number): Issued => {
    generation += 1
    return { access: `at-${family}-${generation}`, refresh: `rt-${family}-${generation}`, generation }
  }
  const familyOf = (token: string): Family | undefined => families[Number(token.split("-")[1])]

  const rotate = (family: Family): Answer => {
    family.newest = issue(families.indexOf(family))
    byRefresh.set(family.newest.refresh, family)
    const { access, refresh } = family.newest
    return {
      status: 200,
      body: {
        access_token: access,
        refresh_token: refresh,
        token_type: "Bearer",
        expires_in: lifetimeSeconds(),
        scope: "projects analysis"
      }
    }
  }

  return {
    login: (clientId) => {
      const newest = issue(families.length)
      const family = { clientId, newest, revoked: false }
      families.push(family)
      byRefresh.set(newest.refresh, family)
      return newest
    },
    revoke: (token) => {
      const family = familyOf(token)
      if (family !== undefined) family.revoked = true
    },
    refresh: (form) => {
      requests += 1
      const token = form.get("refresh_token") ?? ""
      const family = byRefresh.get(token)
      if (form.get("grant_type") !== "refresh_token") return refused("unsupported_grant_type")
      if (family === undefined || family.revoked) return refused("invalid_grant")
      if (form.get("client_id") !== family.clientId) return refused("invalid_client")
      if (token === family.newest.refresh) return rotate(family)
      reuses += 1
      if (reused === "forgives") return rotate(family)
      family.revoked = reused === "revokes"
      return refused("invalid_grant")
    },
    accepts: (access) => {
      const family = familyOf(access)
      return family !== undefined && !family.revoked && family.newest.access === access
    },
    generation: () => generation,
    figures: () => ({ requests, reuses, families: families.length })
  }
}

/** One function says which region a host belongs to: a login and the doctor see the same projects in the same region. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { noDirectories } from "#src/domain/session/DirectorySources.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { regionOfHost } from "#src/domain/api/Endpoints.ts"
import { decodeMe, type Me } from "#src/domain/api/Me.ts"
import { examine } from "#src/domain/doctor/examine.ts"
import { elsewhere } from "#src/domain/login/projectChoice.ts"
import { noBridges } from "#src/domain/session/BridgeFile.ts"

const table: ReadonlyArray<readonly [written: string, region: "us" | "eu" | "in" | null]> = [
  ["mixpanel.com", "us"],
  ["www.mixpanel.com", "us"],
  ["data.mixpanel.com", "us"],
  ["api.mixpanel.com", "us"],
  ["eu.mixpanel.com", "eu"],
  ["data-eu.mixpanel.com", "eu"],
  ["in.mixpanel.com", "in"],
  ["api-in.mixpanel.com", "in"],
  ["EU.MIXPANEL.COM", "eu"],
  [" eu.mixpanel.com\n", "eu"],
  ["eu.mixpanel.com.", "eu"],
  ["eu.mixpanel.com/", "eu"],
  ["eu.mixpanel.com:443", "eu"],
  ["//eu.mixpanel.com", "eu"],
  ["https://eu.mixpanel.com", "eu"],
  ["https://eu.mixpanel.com/", "eu"],
  ["HTTPS://EU.Mixpanel.com:8443/report?x=1#y", "eu"],
  ["http://in.mixpanel.com/", "in"],
  ["https://mixpanel.com:443/project/1", "us"],
  ["eu.mixpanel.com.evil.example", null],
  ["eu.mixpanel.com@evil.example", null],
  ["noteu.mixpanel.com", null],
  ["xmixpanel.com", null],
  ["example.com/eu.mixpanel.com", null],
  ["https://", null],
  ["", null]
]

const seeing = (domain: string): Me =>
  Either.getOrThrow(decodeMe({ user_id: 1, projects: { "1": { name: "P", organization_id: 1, domain } } }))

const regions = ["us", "eu", "in"] as const

const doctorSees = (domain: string, region: (typeof regions)[number]): boolean =>
  examine({
    now: 0,
    platform: "linux",
    variables: () => Option.none(),
    config: { path: "/c", named: false, content: Either.right(Option.some("[settings]\n")) },
    rules: noDirectories,
    accounts: [
      {
        account: new OAuthBrowserAccount({ name: AccountName.make("me"), region }),
        login: Option.none(),
        lastCheck: Option.none(),
        me: Option.some(seeing(domain))
      }
    ],
    directories: [],
    files: [],
    leftovers: [],
    locks: [],
    orphans: [],
    missingCertificates: Option.none(),
    audit: Option.none(),
    store: Option.none(),
    bridge: { sources: noBridges, found: Option.none(), inWorkingDirectory: false },
    network: []
  }).some(({ id }) => id === "region-mismatch")

const loginSees = (domain: string, region: (typeof regions)[number]): boolean =>
  Object.values(seeing(domain).projects).some((project) => Option.isSome(elsewhere(project, region)))

describe("the region of a host", () => {
  it.each(table)("%j: %s", (written, region) => {
    expect(Option.getOrNull(regionOfHost(written))).toBe(region)
  })

  it.each(table)("%j: a login and the doctor call the same regions mistaken", (written, region) => {
    const mistaken = regions.filter((one) => region !== null && one !== region)
    expect(regions.filter((one) => doctorSees(written, one))).toEqual(mistaken)
    expect(regions.filter((one) => loginSees(written, one))).toEqual(mistaken)
  })
})

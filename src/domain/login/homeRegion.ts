/** Which region a project lives in, as far as `/me` tells. */
import { command } from "../hints/Command.ts"
import * as Option from "effect/Option"
import { ConfigError } from "../errors.ts"
import type { Region } from "../account/identifiers.ts"
import type { Me, MeProject } from "../api/Me.ts"

/** The region of a web host such as `eu.mixpanel.com`, given alone or as an address; `None` for other hosts. */
export const regionOfDomain = (domain: string): Option.Option<Region> => {
  const [host = ""] = domain
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .split(/[:/]/, 1)
  if (/^((www|data|api)\.)?mixpanel\.com$/.test(host)) return Option.some("us")
  const [, region] = /^(?:(?:data|api)-)?(eu|in)\.mixpanel\.com$/.exec(host) ?? []
  return region === "eu" || region === "in" ? Option.some(region) : Option.none()
}

const homeOf = ({ domain }: MeProject): Option.Option<Region> => Option.flatMap(domain, regionOfDomain)

/** Where a project lives, if that is known to be elsewhere. */
export const elsewhere = (project: MeProject, region: Region): Option.Option<Region> =>
  Option.filter(homeOf(project), (home) => home !== region)

/** `/me` without the projects that are known to live in other regions, unless all of them do. */
export const preferring = (me: Me, region: Region): Me => {
  const here = Object.entries(me.projects).filter(([, project]) => Option.isNone(elsewhere(project, region)))
  return here.length === 0 ? me : { ...me, projects: Object.fromEntries(here) }
}

/** A login to one region that belongs to another. */
export const wrongRegion = (asked: Region, home: Region, flags: ReadonlyArray<string>): ConfigError =>
  new ConfigError({
    message: `This login is to region ${asked}, but its project is in ${home}. Nothing was saved.`,
    hints: [command`mp login --region ${home} ${flags}`],
    details: { region: asked, project_region: home }
  })

/** Which region a project lives in, as far as `/me` tells. */
import { command } from "../hints/Command.ts"
import * as Option from "effect/Option"
import { regionOfHost } from "../api/Endpoints.ts"
import { ConfigError } from "../errors.ts"
import type { Region } from "../account/identifiers.ts"
import type { Me, MeProject } from "../api/Me.ts"

const homeOf = ({ domain }: MeProject): Option.Option<Region> => Option.flatMap(domain, regionOfHost)

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

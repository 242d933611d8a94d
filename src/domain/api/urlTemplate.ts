/**
 * The `url.template` of a path from the host on: what names a project, a workspace or any other thing gives way to a
 * placeholder, so that a trace can be grouped by it.
 */
export const urlTemplate = (pathname: string): string => {
  const segments = pathname.split("/")
  return segments
    .map((segment, index) => (fixed.test(segment) ? segment : (placeholders.get(segments[index - 1] ?? "") ?? "{id}")))
    .join("/")
}

/** A word or a version (`v3.0`, `2.0`); an address is written with nothing else. */
const fixed = /^(?:[a-z][a-z._-]{0,39}|v?[0-9]{1,2}\.[0-9]{1,2}|v[0-9]{1,2}|)$/i

const placeholders: ReadonlyMap<string, string> = new Map([
  ["projects", "{project_id}"],
  ["workspaces", "{workspace_id}"]
])

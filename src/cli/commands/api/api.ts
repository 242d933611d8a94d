/** `mp api`: any authenticated request. */
import { leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { onDemand } from "../../app/lazyHandler.ts"

const flags = {
  method: Flag.optional("method", "METHOD", { short: "X", description: "HTTP method; GET, or POST with --body-stdin" }),
  field: Flag.repeated("field", "KEY=VALUE", {
    description: "query parameter; a field of the JSON body with POST, PUT and PATCH"
  }),
  bodyStdin: Flag.toggle("body-stdin", { description: "send stdin as the body" }),
  family: Flag.optional("family", "FAMILY", {
    description: "API family, where the path does not tell",
    choices: ["app", "query", "export", "engage"]
  }),
  paginate: Flag.toggle("paginate", { description: "follow the pages and print the results as JSON lines" })
}

export const api = leaf(
  {
    name: "api",
    summary: "send any authenticated request",
    arguments: { path: Flag.argument("PATH", "path from the host on, with {project_id} and {workspace_id} filled in") },
    flags,
    examples: [
      "mp api /api/app/me",
      "mp api /api/query/events/names --field project_id={project_id} --field type=general",
      "mp api '/api/app/projects/{project_id}/annotations' --paginate"
    ]
  },
  onDemand(
    () => import("./api.run.ts"),
    ({ callApi }) => callApi
  )
)

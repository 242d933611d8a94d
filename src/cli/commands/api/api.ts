/** `mp api`: any authenticated request. */
import * as argument from "../../app/argument.ts"
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const api = declare(
  "api",
  {
    summary: "send any authenticated request",
    examples: [
      "mp api /api/app/me",
      "mp api /api/query/events/names --field project_id={project_id} --field type=general",
      "mp api '/api/app/projects/{project_id}/annotations' --paginate"
    ]
  },
  {
    path: argument.text("PATH", "path from the host on, with {project_id} and {workspace_id} filled in"),
    method: flag.text("method", "METHOD", {
      short: "X",
      description: "HTTP method; GET, or POST with --body-stdin"
    }),
    field: flag.texts("field", "KEY=VALUE", {
      description: "query parameter; a field of the JSON body with POST, PUT and PATCH"
    }),
    bodyStdin: flag.toggle("body-stdin", { description: "send stdin as the body" }),
    family: flag.choice("family", "FAMILY", ["app", "query", "export", "engage"], {
      description: "API family, where the path does not tell"
    }),
    paginate: flag.toggle("paginate", { description: "follow the pages and print the results as JSON lines" })
  },
  lazyHandler(() => import("./api.run.ts"))
)

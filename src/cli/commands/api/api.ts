import { declare } from "../../app/declare.ts"
import { onlineHandler } from "../../app/onlineHandler.ts"
import { argument, flag } from "../../app/facts.ts"

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
    path: argument("PATH", {
      description: "path such as /api/app/me; {project_id} and {workspace_id} are filled in",
      required: true
    }),
    method: flag("method", { value: "METHOD", short: "X", description: "HTTP method; GET, or POST with --body-stdin" }),
    field: flag("field", {
      value: "KEY=VALUE",
      repeated: true,
      description: "query parameter; a field of the body with POST, PUT and PATCH"
    }),
    header: flag("header", {
      value: "'NAME: VALUE'",
      repeated: true,
      description: "request header; Content-Type says what the body is, JSON otherwise"
    }),
    bodyStdin: flag("body-stdin", { description: "send stdin as the body, byte for byte" }),
    family: flag("family", {
      value: "FAMILY",
      choices: ["app", "query", "export", "engage"],
      description: "API family, if the path does not say it"
    }),
    paginate: flag("paginate", { description: "follow the pages and print the results as JSON lines" })
  },
  onlineHandler(() => import("./api.run.ts"))
)

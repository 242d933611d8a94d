import { regions } from "../../../domain/account/identifiers.ts"
import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { browserFlags } from "./browserFlags.ts"

export const login = declare(
  "login",
  {
    summary: "log in: from nothing to a working session",
    globals: { project: "project to begin with, instead of a choice" },
    examples: [
      "mp login",
      "mp login --region eu --no-browser",
      'printf %s "$SECRET" | MP_USERNAME=USER mp login --service-account --secret-stdin',
      "mp login --token-env MP_CI_TOKEN --project 3713224"
    ]
  },
  {
    name: flag("name", { value: "NAME", description: "name of the account; by default that of the organization" }),
    region: flag("region", {
      value: "REGION",
      choices: regions,
      description: "where the data lives [MP_REGION]; found by asking if not given"
    }),
    serviceAccount: flag("service-account", { description: "log in as MP_USERNAME, a service account" }),
    tokenEnv: flag("token-env", { value: "VAR", description: "log in with the bearer in this variable" }),
    ...browserFlags,
    secretStdin: flag("secret-stdin", { description: "read the secret of the service account from stdin" })
  },
  lazyHandler(() => import("./login.run.ts"))
)

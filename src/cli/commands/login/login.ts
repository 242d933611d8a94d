/** `mp login`: from nothing to a working session. */
import { regions } from "../../../domain/account/identifiers.ts"
import { leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { onDemand } from "../../app/lazyHandler.ts"

export const login = leaf(
  {
    name: "login",
    summary: "one command from nothing to a working session",
    flags: {
      name: Flag.optional("name", "NAME", { description: "name of the account; by default that of the organization" }),
      region: Flag.optional("region", "REGION", {
        description: "where the data lives [MP_REGION]; found by asking where it is not given",
        choices: regions
      }),
      serviceAccount: Flag.toggle("service-account", { description: "log in as MP_USERNAME, a service account" }),
      tokenEnv: Flag.optional("token-env", "VAR", { description: "log in with the bearer in this variable" }),
      noBrowser: Flag.toggle("no-browser", {
        description: "open no browser; print the address and read the redirect from stdin"
      }),
      secretStdin: Flag.toggle("secret-stdin", { description: "read the secret of the service account from stdin" })
    },
    globals: { project: "project to begin with, instead of a choice" },
    examples: [
      "mp login",
      "mp login --region eu --no-browser",
      'printf %s "$SECRET" | MP_USERNAME=USER mp login --service-account --secret-stdin',
      "mp login --token-env MP_CI_TOKEN --project 3713224"
    ]
  },
  onDemand(
    () => import("./login.run.ts"),
    ({ login }) => login
  )
)

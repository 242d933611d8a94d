/** `mp login`: from nothing to a working session. */
import { regions } from "../../../domain/account/identifiers.ts"
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const login = declare(
  "login",
  {
    summary: "one command from nothing to a working session",
    globals: { project: "project to begin with, instead of a choice" },
    examples: [
      "mp login",
      "mp login --region eu --no-browser",
      'printf %s "$SECRET" | MP_USERNAME=USER mp login --service-account --secret-stdin',
      "mp login --token-env MP_CI_TOKEN --project 3713224"
    ]
  },
  {
    name: flag.text("name", "NAME", { description: "name of the account; by default that of the organization" }),
    region: flag.choice("region", "REGION", regions, {
      description: "where the data lives [MP_REGION]; found by asking where it is not given"
    }),
    serviceAccount: flag.toggle("service-account", { description: "log in as MP_USERNAME, a service account" }),
    tokenEnv: flag.text("token-env", "VAR", { description: "log in with the bearer in this variable" }),
    noBrowser: flag.toggle("no-browser", {
      description: "open no browser; print the address and read the redirect from stdin"
    }),
    secretStdin: flag.toggle("secret-stdin", { description: "read the secret of the service account from stdin" })
  },
  lazyHandler(() => import("./login.run.ts"))
)

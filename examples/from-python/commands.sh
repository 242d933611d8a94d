# The shell lines of docs/from-python.md. examples/from-python.ts runs them with the real mp, in an empty home
# directory, against a sandbox; BROWSER names a program that approves.

# A service account
export MP_SECRET="sandbox-secret-team"
mp account add team --type service_account --username team.292e7c.mp-service-account --project 3018488 --region us
unset MP_SECRET
mp account remove team
SECRET="sandbox-secret-team"
echo "$SECRET" | mp account add team --type service_account --username team.292e7c.mp-service-account --project 3018488 --region us --secret-stdin
mp account test team

# A person
mp account add personal --type oauth_browser --region us
mp account login personal
mp account use personal
mp account token personal
mp api /api/app/me

# A bearer from elsewhere
mp account add ci --type oauth_token --token-env MP_CI_TOKEN --project 3713224 --region us
mp account use ci
MP_CI_TOKEN=sandbox-bearer-jo mp query segmentation -e Login --from 2026-04-01
(
  export MP_OAUTH_TOKEN="sandbox-bearer-jo"
  export MP_REGION=us
  export MP_PROJECT_ID=3713224
  mp query segmentation -e Login --from 2026-04-01 --to 2026-04-21
)

# Accounts
mp account list
mp account show personal
mp account use team
mp account test
mp account update ci --region eu

# Projects and workspaces
mp project list
mp workspace list
mp --workspace 3448414 inspect events
mp workspace use 3448414
(
  export MP_WORKSPACE_ID=3448414
  mp session --explain
)

# Targets
mp target add ecom --account team --project 3018488 --workspace 3448414
mp target list
mp --target ecom query segmentation -e Login --from 2026-04-01
mp target use ecom
mp session

# A bridge, and a machine that has nothing else
mp account export-bridge --to ~/.claude/mixpanel/auth.json --account personal
(
  export MP_AUTH_FILE="$HOME/.claude/mixpanel/auth.json"
  export MP_CONFIG_PATH="$HOME/elsewhere/config.toml"
  mp project list
  mp session --bridge
)
mp account remove-bridge

# The end
mp account logout personal
mp account remove ci --force
mp config check

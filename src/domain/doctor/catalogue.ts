/**
 * Every kind of finding: how grave it is, and what can be said about it without naming anything of the
 * user's. A public report is made of these words alone.
 */
import { command } from "../hints/Command.ts"
import { configurationKinds } from "./configurationKinds.ts"
import { type Kind, kindsOf } from "./Kind.ts"
import { storeKinds } from "./storeKinds.ts"

const accounts = kindsOf("accounts")
const files = kindsOf("files")
const environment = kindsOf("environment")
const bridge = kindsOf("bridge")
const network = kindsOf("network")

export const catalogue = {
  ...configurationKinds,
  "nothing-configured": accounts.info("No account is configured.", "Nothing was set up yet.", command`mp login`),
  "not-logged-in": accounts.warning(
    "A browser account has never been logged in.",
    "There are no tokens for it.",
    command`mp account login NAME`
  ),
  "tokens-malformed": accounts.error(
    "The stored tokens of an account cannot be used.",
    "The file was cut short, edited, or written by another program.",
    command`mp account login NAME`
  ),
  "tokens-expired": accounts.error(
    "The access token has expired and there is no refresh token.",
    "The login did not come with a refresh token, so mp cannot refresh it.",
    command`mp account login NAME`
  ),
  "refresh-token-dead": accounts.error(
    "The refresh token was refused by the server for good.",
    "It was revoked, spent by another machine, or not used for too long.",
    command`mp account login NAME`
  ),
  "registration-missing": accounts.error(
    "The tokens do not say which client they were issued to, and the region has no registration.",
    "The oauth directory was removed or not copied along; the tokens cannot be refreshed without it.",
    command`mp account login NAME`
  ),
  "registration-unusable": accounts.warning(
    "A registered OAuth client has a secret, so it is not used.",
    "Another program wrote it. mp is a public client, which has no secret; the next login registers another.",
    command`mp account login NAME`
  ),
  "login-unfinished": accounts.info(
    "A login did not come back from the browser.",
    "The page was left, or the server no longer knows the OAuth client. The next login asks the server, and registers another where it does not.",
    command`mp account login NAME`
  ),
  "credential-refused": accounts.error(
    "The server refused the credential of an account when it was last tested.",
    "A secret or token was mistyped, replaced or revoked, or is one of another region.",
    command`printf %s "$SECRET" | mp account update --secret-stdin NAME`,
    "A bearer is replaced with --token-stdin, a login with mp account login; mp account test asks the server again."
  ),
  "token-variable-unset": accounts.error(
    "The variable that holds the token of an account is not set.",
    "It is exported in another shell or on another machine.",
    command`export VARIABLE="$TOKEN"`
  ),
  "region-mismatch": accounts.error(
    "The projects of an account are in another region than the account.",
    "The region was mistaken when the account was added, so requests for data go to the wrong host.",
    command`mp account update --region REGION NAME`
  ),
  "directory-not-private": files.warning(
    "A directory of credentials is open to other users.",
    "It was created by another program, or its mode was changed; other users can see which accounts there are.",
    command`chmod 700 DIRECTORY`
  ),
  "tokens-not-private": files.error(
    "The tokens of an account are open to other users.",
    "It was copied by a program that does not keep its mode, so mp does not read it.",
    command`chmod 600 FILE`
  ),
  "file-not-private": files.warning(
    "A stored file is open to other users.",
    "It was copied by a program that does not keep its mode, so mp does not read it.",
    command`chmod 600 FILE`
  ),
  "audit-stopped": files.warning(
    "No line can be added to the audit file.",
    "It was made read-only, or it grew without being put aside; what is done with logins is not recorded.",
    command`chmod 600 FILE`,
    "One that is too large is moved: mp doctor names the command."
  ),
  "file-unusable": files.error(
    "A stored file or directory is a link, of the wrong kind, or belongs to another user.",
    "Only regular files of your own, in directories of your own, are read.",
    command`mv FILE FILE.aside`,
    "A link is replaced by a copy of what it leads to, and what belongs to another user is taken over: mp doctor names the command."
  ),
  leftover: files.warning(
    "A temporary file was left behind.",
    "The process that wrote it was killed; nothing needs it any more, and it may contain a secret.",
    command`rm FILE`
  ),
  "stale-lock": files.warning(
    "A lock is still marked as held by a process that has ended, or nobody can take it.",
    "The holder was killed, and the next one has to find out that it is dead; or somebody removed the lock's token.",
    command`mp doctor --fix`
  ),
  "lock-held": files.info(
    "A process holds a lock.",
    "It may be at work. One that is stopped, or was killed in another container or on another machine, keeps others waiting.",
    command`mp doctor --fix`
  ),
  "lock-blocked": files.error(
    "Something else is where a lock belongs.",
    "A link to a directory, or a file, was put there; no process can take the lock.",
    command`mv LOCK LOCK.aside`
  ),
  "orphaned-directory": files.info(
    "Something is stored for an account that is not configured.",
    "The account was removed from the configuration by hand; its tokens may still be valid.",
    command`rm -r DIRECTORY`
  ),
  "variable-malformed": environment.error(
    "A variable has a value that cannot be used.",
    "It is never silently skipped: every command that reads it fails.",
    command`unset VARIABLE`
  ),
  "credential-partial": environment.warning(
    "Only a part of a credential is exported, so it is not used.",
    "A service account takes MP_USERNAME, MP_SECRET, MP_PROJECT_ID and MP_REGION; a bearer MP_OAUTH_TOKEN, MP_PROJECT_ID and MP_REGION.",
    command`unset VARIABLE`,
    "Or export the variables that are missing."
  ),
  "account-shadowed": environment.info(
    "Credentials of the environment are used instead of the configured account.",
    "Complete credentials in variables come before everything else.",
    command`unset VARIABLE`
  ),
  "project-shadowed": environment.warning(
    "A variable decides the project, against the configuration.",
    "Variables come before flags, targets and the configuration.",
    command`unset VARIABLE`
  ),
  "workspace-shadowed": environment.warning(
    "A variable decides the workspace, against the configuration.",
    "Variables come before flags, targets and the configuration.",
    command`unset VARIABLE`
  ),
  "account-and-target-set": environment.error(
    "MP_ACCOUNT and MP_TARGET are both set.",
    "Each says which account to use, and neither comes first: commands that need a session refuse both.",
    command`unset MP_TARGET`
  ),
  "name-unknown": environment.error(
    "A variable names an account or target that is not configured.",
    "It was removed or renamed, or the variable is meant for another home directory.",
    command`unset VARIABLE`
  ),
  "address-unsafe": environment.error(
    "A variable gives an address that no credential is sent to.",
    "It has to be https:, or this machine itself, without user name, query or fragment.",
    command`unset VARIABLE`
  ),
  "address-moved": environment.info(
    "A variable sends requests to another address than Mixpanel's own.",
    "Gateways and tests use this.",
    command`unset VARIABLE`
  ),
  "proxy-unusable": environment.error(
    "A proxy variable is not an address that can be used.",
    "It has to be an http: or https: address; every request fails until it is.",
    command`unset VARIABLE`
  ),
  "certificates-missing": environment.warning(
    "NODE_EXTRA_CA_CERTS names a file that does not exist.",
    "Node.js ignores it, so a private certificate authority is not trusted.",
    command`unset NODE_EXTRA_CA_CERTS`
  ),
  "bridge-missing": bridge.warning(
    "MP_AUTH_FILE names a file that does not exist.",
    "No other bridge is looked for while it is set.",
    command`unset MP_AUTH_FILE`
  ),
  "bridge-not-private": bridge.error(
    "The bridge is open to other users.",
    "It was copied by a program that does not keep its mode, so mp does not read it.",
    command`chmod 600 BRIDGE`
  ),
  "bridge-here-not-private": bridge.error(
    "MP_AUTH_FILE names a bridge of the working directory that is open to other users.",
    "Anybody may have put it there, so it is not read.",
    command`unset MP_AUTH_FILE`
  ),
  "bridge-broken": bridge.error(
    "The bridge cannot be used.",
    "It was cut short, edited, or is no bridge at all.",
    command`mp account export-bridge --to BRIDGE`
  ),
  "bridge-expired": bridge.error(
    "The bridge's access token has expired and it carries no refresh token.",
    "It was exported with --no-refresh-token, or from a login without one.",
    command`mp account export-bridge --to BRIDGE`
  ),
  "bridge-here": bridge.info(
    "There is a bridge in the working directory.",
    "Anybody may have put it there, so it is used only when nothing else provides an account.",
    command`cd ~`
  ),
  ...storeKinds,
  unreachable: network.error(
    "Mixpanel cannot be reached.",
    "No network, a firewall, a proxy, or a certificate that is not trusted.",
    null,
    "Check HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS, and the addresses in MP_API_BASE_URL and MP_APP_BASE_URL."
  ),
  "server-trouble": network.warning(
    "The server answers with an error of its own.",
    "The service, or something between it and this machine, has a problem.",
    null,
    "Try again later; if it stays, ask whoever operates the gateway or proxy in between."
  ),
  "clock-skewed": network.warning(
    "This machine's clock differs from the server's by more than 30 seconds.",
    "Tokens are considered valid or expired too early or too late.",
    command`sudo timedatectl set-ntp true`
  ),
  "clock-far-off": network.error(
    "This machine's clock differs from the server's by more than 5 minutes.",
    "Tokens are considered valid or expired at the wrong time, and certificates may be refused.",
    command`sudo timedatectl set-ntp true`
  )
} satisfies Record<string, Kind>

/**
 * The name of a finding, which stays the same from version to version.
 * @since 0.1.0
 * @category models
 */
export type FindingId = keyof typeof catalogue

/**
 * Every kind of finding: how grave it is, and what can be said about it without naming anything of the
 * user's. A public report is made of these words alone.
 */
import { command } from "../hints/Command.ts"
import { type Kind, kindsOf } from "./Kind.ts"

const configuration = kindsOf("configuration")
const accounts = kindsOf("accounts")
const files = kindsOf("files")
const environment = kindsOf("environment")
const bridge = kindsOf("bridge")
const store = kindsOf("store")
const network = kindsOf("network")

export const catalogue = {
  "config-not-private": configuration.error(
    "The configuration is open to other users.",
    "It was copied or created by a program that does not keep its mode. It contains secrets, so mp does not read it.",
    command`chmod 600 CONFIG`
  ),
  "config-link": configuration.error(
    "The configuration, or a directory on the way to it, is a symbolic link.",
    "Whoever can change the link decides which credentials are used, so links are not followed.",
    command`export MP_CONFIG_PATH="$(readlink -f CONFIG)"`
  ),
  "config-unreadable": configuration.error(
    "The configuration cannot be read.",
    "Its owner, kind, size or encoding is wrong.",
    null,
    "The fix depends on the cause: mp doctor names the command."
  ),
  "config-nearly-full": configuration.warning(
    "The configuration is nearly as large as one may be.",
    "A configuration of more than 1 MiB is not read; commands that make it smaller work all the same.",
    command`mp account remove NAME`,
    "A target is removed by mp target remove; mp doctor names what is large."
  ),
  "config-byte-order-mark": configuration.error(
    "The configuration starts with a byte-order mark.",
    "Some editors write one before UTF-8; TOML has no place for it.",
    command`mp doctor --fix`
  ),
  "config-not-toml": configuration.error(
    "The configuration is not valid TOML.",
    "It was probably edited by hand. Nothing in it can be used until it is fixed.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "config-old-format": configuration.error(
    "The configuration is in the format of an earlier version.",
    "It was written by version 0.3 or 2.x.",
    command`mp config migrate`
  ),
  "config-missing": configuration.warning(
    "MP_CONFIG_PATH names a file that does not exist.",
    "Without the file the configuration is empty, whatever there is in ~/.mp.",
    command`unset MP_CONFIG_PATH`
  ),
  "nothing-configured": accounts.info("No account is configured.", "Nothing was set up yet.", command`mp login`),
  "section-broken": configuration.error(
    "A top-level part of the configuration is not a table.",
    "It was probably edited by hand.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "account-broken": configuration.error(
    "An account block cannot be used.",
    "A key is missing, unknown or of the wrong kind; other accounts keep working.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "target-broken": configuration.error(
    "A target block cannot be used.",
    "A key is missing, unknown or of the wrong kind; other targets keep working.",
    command`mp target remove NAME`
  ),
  "active-broken": configuration.error(
    "The [active] block cannot be used.",
    "It has an unknown key or a value of the wrong kind; the project, for one, belongs to the account.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "header-broken": configuration.error(
    "[settings.custom_header] cannot be used.",
    "It needs a header name and one line of text.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "audit-broken": configuration.error(
    "[settings] audit cannot be used.",
    'It is true, false or "all"; until it is, lines are recorded as with true.',
    command`mp config unset audit`
  ),
  "project-credential-broken": configuration.error(
    "A project's own credential in [settings] cannot be used.",
    "It has to be a text that is not empty; requests that need it fail.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "budget-broken": configuration.error(
    "query_budget in [settings] cannot be used.",
    "It has to be true or false; mp query and mp inspect fail.",
    command`mp config set query_budget false`
  ),
  "credential-commands-broken": configuration.error(
    "[settings.credential_commands] is not a table.",
    "It holds a table for each account whose credential a command or file gives.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "credential-command-unused": configuration.warning(
    "A command or file gives the credential of an account that is not configured.",
    "The account was removed or renamed by another program, which leaves this table as it is.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "credential-source-missing": configuration.error(
    "The program or file that gives an account its credential cannot be used.",
    "It is not installed, not on PATH, or not there; a file that others can write is refused.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "active-account-dangling": configuration.error(
    "The active account is not configured.",
    "Its block was probably removed or renamed by hand.",
    command`mp account use NAME`
  ),
  "target-account-dangling": configuration.error(
    "A target names an account that is not configured.",
    "The account was removed or renamed while the target stayed.",
    command`mp target remove NAME`
  ),
  "workspace-never-counts": configuration.warning(
    "A pinned workspace is never used.",
    "A pinned workspace is used only with an active account that has a default project.",
    command`mp doctor --fix`
  ),
  "directory-rule-broken": configuration.error(
    "A rule of [[directories]] cannot be used.",
    "A key is missing, unknown or of the wrong kind. mp uses nothing in its place, in its directory; where its path is wrong, in every directory without another rule.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "directory-rule-twice": configuration.error(
    "Two rules of [[directories]] are for the same directory.",
    "Their paths lead to one place, through a link perhaps. Which of them is meant nobody can tell, so in that directory neither is used, and nothing in their place.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "directory-rule-dangling": configuration.error(
    "A rule of [[directories]] names a target or an account that is not there.",
    "It was removed or renamed while the rule stayed. In that directory mp uses nothing in its place.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
  "directory-missing": configuration.warning(
    "The path of a rule of [[directories]] is no directory.",
    "It was moved or removed, is on a disk that is not mounted, or may not be looked at. The rule does nothing meanwhile.",
    command`\${EDITOR:-vi} +LINE CONFIG`
  ),
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
  "store-refused": store.error(
    "The store of MP_STORE is not used.",
    "A setting is wrong, or the engine is one that loses logins or takes none. Nothing is read from it or from the disk in its place.",
    null,
    "The fix depends on the cause: mp doctor names the command."
  ),
  "store-unreachable": store.error(
    "The store of MP_STORE cannot be reached.",
    "The engine is down or does not answer, or something stands in between. The disk is not used in its place.",
    null,
    "Check the address in MP_STORE, and the network on the way to it."
  ),
  "store-forgets": store.warning(
    "The store loses logins when its engine crashes.",
    "It does not write what it is given to its disk before it answers, or at all. Logins that no running process knows are lost then.",
    command`redis-cli -u "$MP_STORE" CONFIG SET appendonly yes`,
    "With Postgres, fsync and synchronous_commit are on, and the table is logged."
  ),
  "store-evicts": store.warning(
    "The engine of the store throws entries away when its memory is full.",
    "Marks of logins that have ended are among them; whoever still knows such a login could bring it back.",
    command`redis-cli -u "$MP_STORE" CONFIG SET maxmemory-policy noeviction`
  ),
  "store-replicas-missing": store.error(
    "Fewer replicas are connected than MP_STORE_REPLICAS asks for.",
    "A refresh token is sent only when so many have the claim: no login is renewed.",
    command`export MP_STORE_REPLICAS=0`
  ),
  "store-entries-foreign": store.error(
    "Entries of the store are sealed with a key that MP_STORE_KEY does not hold, or not at all.",
    "Somebody with other keys uses the namespace, or an older key was taken away too early. These entries are not used.",
    command`export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS`
  ),
  "store-key-former": store.info(
    "Entries of the store are sealed with an older key.",
    "What was not written since a newer key was put in front is sealed with the one before.",
    command`mp store reseal`
  ),
  "store-claim-abandoned": store.warning(
    "The renewal of a login in the store was interrupted.",
    "The process ended, or was cut off, between the request and the storing of its answer. The next one sends the refresh token once more; where the server has replaced it already, the login has ended.",
    command`mp account test NAME`
  ),
  "store-clock-differs": store.warning(
    "This machine's clock differs from the engine's by more than 30 seconds.",
    "Bearers stay right, for they are judged by the engine's clock; times in messages and in the audit do not.",
    command`sudo timedatectl set-ntp true`
  ),
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

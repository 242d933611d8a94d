/** What can be found about the configuration. */
import { command } from "../hints/Command.ts"
import { type Kind, kindsOf } from "./Kind.ts"

const configuration = kindsOf("configuration")

export const configurationKinds = {
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
  )
} satisfies Record<string, Kind>

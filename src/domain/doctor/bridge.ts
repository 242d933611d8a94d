/** What is wrong with the bridge that is in force. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { quoted } from "../Command.ts"
import type { Facts, Found } from "./Facts.ts"
import { isWide, octal } from "./files.ts"
import { file, type Finding, finding, variable } from "./Finding.ts"

export const bridgeFindings = ({ bridge, now }: Facts): ReadonlyArray<Finding> => [
  ...Option.toArray(bridge.missing).map((path) =>
    finding(
      "bridge-missing",
      variable("MP_AUTH_FILE"),
      `MP_AUTH_FILE names ${path}, which does not exist: no bridge is used.`,
      "unset MP_AUTH_FILE"
    )
  ),
  ...Option.match(bridge.found, {
    onNone: () => [],
    onSome: (found) => [
      ...contentFindings(bridge, found, now),
      ...(bridge.inWorkingDirectory
        ? [
            finding(
              "bridge-here",
              file(found.path),
              `The bridge ${found.path} of the working directory is used.`,
              `mkdir -p ~/.claude/mixpanel && mv ${quoted(found.path)} ~/.claude/mixpanel/auth.json`
            )
          ]
        : [])
    ]
  })
]

const contentFindings = (
  { content, inWorkingDirectory }: Facts["bridge"],
  found: Found,
  now: number
): ReadonlyArray<Finding> => {
  if (found.kind === "file" && found.own && isWide(found)) return [notPrivate(found, inWorkingDirectory)]
  return Either.match(content, {
    onLeft: ({ hints, message }) => [
      finding("bridge-broken", file(found.path), message, hints[0] ?? `rm ${quoted(found.path)}`)
    ],
    onRight: Option.match({
      onNone: () => [],
      onSome: (loaded) =>
        Option.exists(loaded.file.tokens, (tokens) => Option.isNone(tokens.refreshToken) && tokens.isExpiredAt(now))
          ? [
              finding(
                "bridge-expired",
                file(found.path),
                `The login in ${found.path} has expired and cannot be renewed.`,
                `mp account export-bridge --to ${quoted(found.path)}  # on the machine that has the account`
              )
            ]
          : []
    })
  })
}

/** What lies in the working directory may be somebody else's idea; making it usable is left to the user. */
const notPrivate = ({ mode, path }: Found, inWorkingDirectory: boolean): Finding => {
  const problem = `The bridge ${path} is open to other users (mode ${octal(mode)}).`
  const fix = `chmod 600 ${quoted(path)}`
  return inWorkingDirectory
    ? finding("bridge-not-private", file(path), problem, fix)
    : finding("bridge-not-private", file(path), problem, fix, { kind: "chmod", path, mode: 0o600 })
}

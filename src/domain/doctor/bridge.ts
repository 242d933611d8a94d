/** What is wrong with the bridges that are there. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { BridgeFile, BridgeSource } from "../session/BridgeFile.ts"
import { command } from "../hints/Command.ts"
import type { Facts, Found } from "./Facts.ts"
import { isWide, octal } from "./files.ts"
import { file, type Finding, finding, variable } from "./Finding.ts"

export const bridgeFindings = ({
  bridge: { found, inWorkingDirectory, sources },
  now
}: Facts): ReadonlyArray<Finding> => [
  ...Option.toArray(sources.missing).map((path) =>
    finding(
      "bridge-missing",
      variable("MP_AUTH_FILE"),
      `MP_AUTH_FILE names ${path}, which does not exist: no bridge is used.`,
      command`unset MP_AUTH_FILE`
    )
  ),
  ...Option.toArray(sources.chosen).flatMap((source) => {
    const wide = Option.filter(found, (as) => as.kind === "file" && as.own && isWide(as))
    return Option.isSome(wide) ? [notPrivate(wide.value, inWorkingDirectory)] : contentFindings(source, now)
  }),
  ...Option.toArray(sources.here).map(({ content, path }) => here(path, content))
]

const contentFindings = ({ content, path }: BridgeSource, now: number): ReadonlyArray<Finding> =>
  Either.match(content, {
    onLeft: ({ hints, message }) => [
      finding("bridge-broken", file(path), message, hints[0] ?? command`mv ${path} ${`${path}.aside`}`)
    ],
    onRight: ({ tokens }) =>
      Option.exists(tokens, (held) => Option.isNone(held.refreshToken) && held.isExpiredAt(now))
        ? [
            finding(
              "bridge-expired",
              file(path),
              `The login in ${path} has expired and cannot be renewed. It is exported again on the machine that has the account.`,
              command`mp account export-bridge --to ${path}`
            )
          ]
        : []
  })

/** What lies in the working directory may be somebody else's: nobody is advised to make it usable. */
const notPrivate = ({ mode, path }: Found, inWorkingDirectory: boolean): Finding => {
  const problem = `The bridge ${path} is open to other users (mode ${octal(mode)}).`
  return inWorkingDirectory
    ? finding("bridge-here-not-private", file(path), problem, command`unset MP_AUTH_FILE`)
    : finding("bridge-not-private", file(path), problem, command`chmod 600 ${path}`, {
        kind: "chmod",
        path,
        mode: 0o600
      })
}

const here = (path: string, content: Either.Either<BridgeFile, { readonly message: string }>): Finding => {
  const problem = `The bridge ${path} in the working directory is used only when nothing else provides an account.`
  const why = Either.match(content, { onLeft: ({ message }) => ` ${message}`, onRight: () => "" })
  return finding("bridge-here", file(path), problem + why, command`cd ~`)
}

/** What the answers of the hosts say about the way to them and about our clock. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Command, command } from "../hints/Command.ts"
import { overrideFixes } from "../api/ApiError.ts"
import { fixOf } from "../errors.ts"
import { wayToTheNetwork } from "../oauth/OAuthError.ts"
import type { Facts, Reached } from "./Facts.ts"
import { type Finding, finding, host } from "./Finding.ts"

/** Whether a clock is so far off that somebody should know. */
export const isNoticeable = (ahead: number): boolean => Math.abs(ahead) > 30_000

const severe = 300_000

export const networkFindings = ({ network, platform }: Facts): ReadonlyArray<Finding> => [
  ...network.flatMap(hostFindings),
  ...clockFindings(network, platform)
]

const hostFindings = ({ outcome, url }: Reached): ReadonlyArray<Finding> => {
  const { host: name } = new URL(url)
  return Either.match(outcome, {
    onLeft: (reason) => [
      finding(
        "unreachable",
        host(name),
        `${name} cannot be reached: ${reason}. ${wayToTheNetwork}`,
        fixOf(overrideFixes(url))
      )
    ],
    onRight: ({ status }) =>
      status >= 500
        ? [finding("server-trouble", host(name), `${name} answers with status ${status}.`, fixOf(overrideFixes(url)))]
        : []
  })
}

/** One clock, one finding: the host that differs least decides, for a proxy may answer from a cache. */
const clockFindings = (network: ReadonlyArray<Reached>, platform: string): ReadonlyArray<Finding> => {
  const measured = network.flatMap(({ outcome, url }) =>
    Option.toArray(Option.flatMap(Either.getRight(outcome), (answered) => answered.ahead)).map((ahead) => ({
      ahead,
      url
    }))
  )
  const [least] = measured.sort((a, b) => Math.abs(a.ahead) - Math.abs(b.ahead))
  if (least === undefined || !isNoticeable(least.ahead)) return []
  const seconds = Math.round(Math.abs(least.ahead) / 1000)
  const { host: name } = new URL(least.url)
  return [
    finding(
      Math.abs(least.ahead) > severe ? "clock-far-off" : "clock-skewed",
      host(name),
      `This machine's clock is ${seconds} s ${least.ahead > 0 ? "ahead of" : "behind"} that of ${name}.`,
      setClock(platform)
    )
  ]
}

const clocks: Readonly<Record<string, Command>> = {
  darwin: command`sudo sntp -sS time.apple.com`,
  win32: command`w32tm /resync`
}

export const setClock = (platform: string): Command => clocks[platform] ?? command`sudo timedatectl set-ntp true`

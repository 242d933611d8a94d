import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { AccountName, parse } from "../../../domain/account/identifiers.ts"
import { command } from "../../../domain/hints/Command.ts"
import { nodeCrypto } from "../../../layers/node/crypto.ts"
import { renameAccount } from "../../../services/config/renameAccount.ts"
import { Crypto } from "../../../services/platform/Crypto.ts"
import { declare } from "../../app/declare.ts"
import { argument } from "../../app/facts.ts"
import { checked } from "../../app/invalid.ts"
import { done, notice } from "../../app/output.ts"

export const rename = declare(
  "rename",
  {
    summary: "rename an account, everywhere in the configuration",
    examples: ["mp account rename team acme"]
  },
  {
    old: argument("OLD", { description: "name of the account", required: true }),
    next: argument("NEW", { description: "its new name", required: true })
  },
  function* ({ next, old }) {
    const name = yield* checked("NEW", parse(AccountName)(next), { argument: [next, "my-account"] })
    const { hasBridges, left, result } = yield* Effect.provideService(renameAccount(old, name), Crypto, nodeCrypto)
    const { directories, targets } = result
    const followed = Object.entries({ Targets: targets, Directories: directories }).flatMap(([what, names]) =>
      names.length === 0 ? [] : [`${what} that follow it: ${names.join(", ")}`]
    )
    yield* done([`Renamed account '${old}' to '${name}'.`, ...followed], {
      name,
      renamed_from: old,
      targets,
      directories
    })
    if (hasBridges) {
      const anew = command`mp account export-bridge --account ${name} --to PATH`
      yield* notice(
        `Bridges that were exported keep the name '${old}'; they are refreshed separately from now on: ${anew}`
      )
    }
    for (const { directory, names } of Option.toArray(left)) {
      if (names.length > 0)
        yield* notice(`${directory} was not removed, because it contains other files (${names.join(", ")}).`)
    }
  }
)

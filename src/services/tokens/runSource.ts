import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CredentialSource } from "../../domain/account/CredentialSource.ts"
import type { SourceProblem } from "../../domain/account/CredentialSourceFailed.ts"
import { variable } from "../platform/environment.ts"
import { type ExternalSecrets, sourceProblem } from "../platform/ExternalSecrets.ts"

/** The accounts whose commands have led to this process, one in the other: a command that asks for itself never ends. */
const running = "MP_CREDENTIAL_COMMAND"

export const runSource = (
  secrets: ExternalSecrets["Type"],
  account: string,
  source: CredentialSource
): Effect.Effect<string, SourceProblem> => {
  if (source.kind === "file") return secrets.read(source.path)
  const { timeoutSeconds, words } = source
  return Effect.flatMap(variable(running), (outer) => {
    const names = Option.match(outer, { onNone: (): ReadonlyArray<string> => [], onSome: (text) => text.split(" ") })
    return names.includes(account)
      ? Effect.fail(sourceProblem(`asks for the credential of account '${account}' itself, and would run for ever`))
      : Effect.timeoutFail(secrets.run({ words, variables: { [running]: [...names, account].join(" ") } }), {
          duration: timeoutSeconds * 1000,
          onTimeout: () =>
            sourceProblem(
              `did not answer within ${timeoutSeconds} s, and was ended; \`timeout\` beside it allows more`,
              {
                temporary: true
              }
            )
        })
  })
}

/** Why programs and files that the configuration names for credentials cannot be used. No program runs for it. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { CredentialSource } from "../../domain/account/CredentialSource.ts"
import type { SourceProblem } from "../../domain/account/CredentialSourceFailed.ts"
import { type ConfigSource, documentOf } from "../../domain/config/checkConfig.ts"
import { accountNames } from "../../domain/config/ConfigDocument.ts"
import { sourceNames, sourceOf } from "../../domain/config/credentialSources.ts"
import { ExternalSecrets, notFound } from "../platform/ExternalSecrets.ts"

const problemOf = (source: CredentialSource) =>
  Effect.flatMap(ExternalSecrets, ({ find, read }) => {
    if (source.kind === "file") {
      return Effect.match(read(source.path), { onFailure: Option.some, onSuccess: Option.none<SourceProblem> })
    }
    const [program = ""] = source.words
    return Effect.map(find(program), (path) =>
      Option.isSome(path) ? Option.none<SourceProblem>() : Option.some(notFound(program))
    )
  })

/** The same configuration with what was found out about its sources. */
export const withUnusableSources = (config: ConfigSource) =>
  Effect.gen(function* () {
    const document = documentOf(config)
    const unusable = new Map<string, SourceProblem>()
    const accounts = new Set(accountNames(document))
    for (const name of sourceNames(document).filter((name) => accounts.has(name))) {
      const given = Option.flatten(Either.getRight(sourceOf(document, name)))
      const problem = Option.isSome(given) ? yield* problemOf(given.value.source) : Option.none<SourceProblem>()
      if (Option.isSome(problem)) unusable.set(name, problem.value)
    }
    return { ...config, unusableSources: unusable }
  })

import { CredentialSourceFailed, type SourceProblem } from "../account/CredentialSourceFailed.ts"
import { type ConfigDocument, lineOf } from "./ConfigText.ts"
import { type GivenSource, sourcesPath } from "./credentialSources.ts"

export const sourceFailed = (
  document: ConfigDocument,
  account: string,
  { key, source }: GivenSource,
  problem: SourceProblem
): CredentialSourceFailed => {
  const path = [...sourcesPath, account, key]
  return new CredentialSourceFailed({
    account,
    source,
    problem,
    place: { path: document.path, line: lineOf(document, path), key: path.join(".") }
  })
}

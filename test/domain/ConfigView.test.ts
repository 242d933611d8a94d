/** What `config show` hides, and that it hides nothing else. */
import * as Either from "effect/Either"
import { expect, it } from "vitest"
import { parse } from "#src/domain/config/ConfigDocument.ts"
import { maskedText, maskedValue } from "#src/domain/config/ConfigView.ts"

const hidden = '"**********"'

const text = `# secret = "old one", and more
#token: older
# the token_env = below
[accounts.a]
secret = 'x' # kept
token_env = "CI_TOKEN"
token = """
two lines"""

[settings]
api_password = 5
custom_header = { name = "X-C", value = "v" }
theme = "dark # no comment"
`

it("hides the values of secrets, and those that were commented out", () => {
  const document = Either.getOrThrow(parse("/c.toml", text))
  expect(maskedText(document)).toBe(`# secret = ${hidden}
#token: ${hidden}
# the token_env = below
[accounts.a]
secret = ${hidden} # kept
token_env = "CI_TOKEN"
token = ${hidden}

[settings]
api_password = ${hidden}
custom_header = ${hidden}
theme = "dark # no comment"
`)
  expect(maskedValue(document)).toEqual({
    accounts: { a: { secret: "**********", token_env: "CI_TOKEN", token: "**********" } },
    settings: {
      api_password: "**********",
      custom_header: { name: "X-C", value: "**********" },
      theme: "dark # no comment"
    }
  })
})

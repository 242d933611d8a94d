/** The text of configurations of any size. */
const numbers = (count) => Array.from({ length: count }, (_, n) => n)

/** The first ten can be switched to: they have a project. */
const projectOf = (n, separator) => (n < 10 ? `${separator}default_project="${n + 1}"` : "")

const accountBlock = (n) =>
  `[accounts.a${n}]\ntype="service_account"\nregion="us"\nusername="u${n}"\nsecret="s${n}"${projectOf(n, "\n")}\n`

/** Accounts in blocks of their own; 10,000 of them just fit into the 1 MiB that a file may have. */
export const accountsText = (count) => `${numbers(count).map(accountBlock).join("")}[active]\naccount="a1"\n`

const accountLine = (n) => `a${n}={type="service_account",region="us",username="u",secret="s"${projectOf(n, ",")}}\n`
const targetLine = (n) => `t${n}={account="a${n}",project="1"}\n`

/** As many targets as accounts, each in one line, so that 10,000 of both fit into 1 MiB too. */
export const bothText = (count) =>
  `[active]\naccount="a1"\n[accounts]\n${numbers(count).map(accountLine).join("")}[targets]\n${numbers(count).map(targetLine).join("")}`

const commentedBlock = (n) =>
  `[accounts.a${n}] # number ${n}\ntype = "service_account"\nregion = "us"\ndefault_project = "${n}"\nusername = "u${n}"\nsecret = "s${n}"\n`

/** Accounts as a person may have written them, with comments and blank lines. */
export const configOf = (count) =>
  `${numbers(count).map(commentedBlock).join("\n")}\n[active]\naccount = "a1"\nworkspace = 5\n`

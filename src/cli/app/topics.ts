/** What `mp help TOPIC` can tell of. */
export const topics = {
  environment: "the variables that mp reads",
  "exit-codes": "what the exit code of a command says",
  files: "where things are, and which variable moves them",
  formatting: "how results are written",
  precedence: "which source wins, for account, project and workspace"
} as const

export type Topic = keyof typeof topics

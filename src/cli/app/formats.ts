/** How data is written to stdout. */
export const formats = ["table", "json", "jsonl", "csv", "plain"] as const

export type Format = (typeof formats)[number]

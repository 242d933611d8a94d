/**
 * Every change of the configuration as a pure function. Changes compose into one write, and each keeps
 * the promise that a pinned workspace never outlives the account and project it belongs to.
 */
export * from "./edits/accounts.ts"
export * from "./edits/directories.ts"
export { type NewSource, sourceWith } from "./edits/credentialSources.ts"
export { andThen, type Edit, type Edited } from "./edits/Edit.ts"
export * from "./edits/rename.ts"
export * from "./edits/session.ts"
export * from "./edits/settings.ts"
export * from "./edits/targets.ts"

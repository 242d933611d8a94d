/** Logins in a table of Postgres (or of SQLite, or PGlite) that many machines share. */
export { layer, layerConfig, layerFrom } from "./layers/sql/SqlStorage.ts"
export { migrations, migrationText } from "./layers/sql/table.ts"
export type { SharingOptions } from "./services/storage/sharing.ts"

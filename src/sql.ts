/** Logins in a table of Postgres (or of SQLite, or PGlite) that many machines share. */
export { budgetLayer, budgetLayerFrom, type SqlBudgetOptions } from "./layers/sql/SqlBudget.ts"
export { layer, layerConfig, layerFrom } from "./layers/sql/SqlStorage.ts"
export { migrations, migrationText } from "./layers/sql/table.ts"
export type { SharingOptions } from "./services/storage/sharing.ts"

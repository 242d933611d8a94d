/** Every benchmark by name: its module, and the function in it that measures. */
export const modules = {
  processes: { path: "./processes.mjs", measure: "measureProcesses" },
  resolve: { path: "./resolve.mjs", measure: "measureResolve" },
  predecessor: { path: "./predecessor.mjs", measure: "measurePredecessor" },
  client: { path: "./client.mjs", measure: "measureClient" },
  transport: { path: "./transport.mjs", measure: "measureTransport" },
  waiters: { path: "./waiters.mjs", measure: "measureWaiters" },
  imports: { path: "./imports.mjs", measure: "measureImports" },
  switch: { path: "./switch.mjs", measure: "measureSwitch" },
  edits: { path: "./config-edits.mjs", measure: "measureEdits" },
  load: { path: "./load.mjs", measure: "measureLoad" },
  growth: { path: "./growth.mjs", measure: "measureGrowth" }
}

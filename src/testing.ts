/**
 * For tests: the library without a world, and a Mixpanel on the loopback interface.
 */
export { configPath, home, layer, type MemoryWorld } from "./layers/memory/layer.ts"
export { MemoryFilesControl } from "./layers/memory/MemoryFiles.ts"
export * as MemoryStorage from "./layers/memory/MemoryStorage.ts"
export { ScriptedBrowser } from "./layers/memory/ScriptedBrowser.ts"
export { ScriptedCallbacks } from "./layers/memory/ScriptedCallbacks.ts"
export {
  ScriptedFailure,
  type ScriptedHandler,
  ScriptedHttp,
  type ScriptedRequest,
  type ScriptedResponse
} from "./layers/memory/ScriptedHttp.ts"
export { type ScriptedCommand, ScriptedSecrets } from "./layers/memory/ScriptedSecrets.ts"
export * as Sandbox from "./layers/sandbox/Sandbox.ts"

/** Runs one benchmark in this process and sends its result to the parent: none of them warms another one up. */
import { modules } from "./modules.mjs"

const { measure, path } = modules[process.argv[2]]
const module = await import(path)
process.send(await module[measure](), () => process.disconnect())

/**
 * What @effect/cli may ask for while it parses, and never does for our flags: no file is read and no one is
 * asked. Were it to ask, it would be told that the service is not there.
 */
import * as Context from "effect/Context"
import type { ParserServices } from "./declare.ts"

export const parserServices = Context.unsafeMake<ParserServices>(new Map())

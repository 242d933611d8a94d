/** How requests of this process name their sender. */
import { userAgent } from "../../domain/api/RequestHeaders.ts"

/** `effect-mixpanel/VERSION (node/VERSION)`. */
export const nodeUserAgent = userAgent(`node/${process.versions.node}`)

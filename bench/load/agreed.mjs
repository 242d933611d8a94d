/** What the processes of the load test have to agree on. Nothing here is a secret of anybody. */
export const clientId = "fake-client"
export const firstRefreshToken = "fake-refresh-0"
export const staticBearer = "fake-static-bearer"

/** The library stops using a token 30 s before it expires: this one is used for a second. */
export const expiresInSeconds = 31

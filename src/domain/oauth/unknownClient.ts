/** How a server says that it does not know a client, or not for this kind of login (RFC 6749, sections 4.1.2.1 and 5.2). */
import { parseUrl } from "../internal/parseUrl.ts"
import type { RawResponse } from "./TokenResponse.ts"

export const isUnknownClient = (error: string): boolean => error === "invalid_client" || error === "unauthorized_client"

/** Whether the authorization page is an error page, or leads to one: all else of the request is known to be right. */
export const pageRefusesClient = ({ location, status }: RawResponse): boolean =>
  status === 400 || status === 401 || (location !== undefined && isUnknownClient(errorIn(location)))

const errorIn = (location: string): string =>
  parseUrl(location.startsWith("/") ? `http://localhost${location}` : location)?.searchParams.get("error") ?? ""

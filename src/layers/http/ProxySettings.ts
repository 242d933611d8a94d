/** Which proxies to go through, as the environment says. */
import { isProxyAddress } from "../../domain/api/ProxyAddress.ts"

/** Addresses of proxies; an empty one stands for none. */
export interface ProxySettings {
  /** For `https:` targets, reached through a tunnel (`CONNECT`). */
  readonly https: string
  /** For `http:` targets; those are on this machine, so only a proxy on this machine sees them. */
  readonly http: string
  /** Hosts to reach directly, in the form of `NO_PROXY`. */
  readonly except: string
}

/** Whether every proxy that is named can be used: an `http:` or `https:` address with well-formed credentials. */
export const isUsableProxy = ({ http, https }: ProxySettings): boolean => [http, https].every(isUsable)

const isUsable = (address: string): boolean => address === "" || isProxyAddress(address)

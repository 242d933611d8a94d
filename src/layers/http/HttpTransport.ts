/** The former name of the transport over `fetch`, for as long as `mp` asks for it by that name. */
export { layer } from "./FetchTransport.ts"

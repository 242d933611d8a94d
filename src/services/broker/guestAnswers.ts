import type { Denied } from "../../domain/broker/Denied.ts"
import type { GuestAnswer } from "./BrokerListener.ts"

/** JSON, not to be kept by anybody. */
export const jsonAnswer = (status: number, value: unknown, headers: GuestAnswer["headers"] = {}): GuestAnswer => {
  const bytes = new TextEncoder().encode(`${JSON.stringify(value)}\n`)
  return {
    status,
    headers: {
      "content-type": "application/json",
      "content-length": String(bytes.length),
      "cache-control": "no-store",
      ...headers
    },
    body: once(bytes)
  }
}

/** `error` is where clients of Mixpanel look for a reason. The connection ends: what the guest goes on sending is not read. */
export const deniedAnswer = ({ reason, rule, status }: Denied): GuestAnswer =>
  jsonAnswer(
    status,
    { error: reason, rule },
    {
      connection: "close",
      ...(status === 401 ? { "www-authenticate": 'Bearer realm="mp broker"' } : {}),
      ...(status === 429 ? { "retry-after": "1" } : {})
    }
  )

async function* once(bytes: Uint8Array): AsyncIterableIterator<ReadonlyArray<Uint8Array>> {
  yield [bytes]
}

/** What the platform's clients read a body from. */
import type { Readable } from "node:stream"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { globalValue } from "effect/GlobalValue"
import * as Stream from "effect/Stream"
import { bodyStream } from "../../../services/api/http/bodyStream.ts"
import { builtins } from "../builtins.ts"

/**
 * The response of an engine holds Node's own stream: `source` itself (`node:http`) or its `body` (undici), in a wrapper
 * that gives the connection up when it is no longer held. Where a version of the platform has it elsewhere, a stream
 * of Effect's is as good, only slower.
 */
export const readableOf = (response: HttpClientResponse.HttpClientResponse): Readable => {
  const original = inside(response, "original") ?? response
  unread().unregister(original)
  const source = inside(original, "source")
  return (
    [inside(source, "body"), source].find(isReadable) ??
    builtins.stream.Readable.from(Stream.toAsyncIterable(bodyStream(response)))
  )
}

/**
 * What the platform gives up when it is no longer held. A body that is read is no longer among it, as when the platform
 * reads it: to give up one that has been read costs a fifth of its request.
 */
const unread = () =>
  globalValue("@effect/platform/HttpClient/responseRegistry", (): { unregister(response: unknown): void } => ({
    unregister() {}
  }))

const inside = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const isReadable = (value: unknown): value is Readable => value instanceof builtins.stream.Readable

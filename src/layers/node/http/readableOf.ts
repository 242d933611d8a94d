/** What the platform's clients read a body from. */
import type { Readable } from "node:stream"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Stream from "effect/Stream"
import { bodyStream } from "../../../services/api/http/bodyStream.ts"
import { builtins } from "../builtins.ts"

/**
 * The response of an engine holds Node's own stream: `source` itself (`node:http`) or its `body` (undici), in a wrapper
 * that gives the connection up when it is no longer held. Where a version of the platform has it elsewhere, a stream
 * of Effect's is as good, only slower.
 */
export const readableOf = (response: HttpClientResponse.HttpClientResponse): Readable => {
  const source = inside(inside(response, "original") ?? response, "source")
  return (
    [inside(source, "body"), source].find(isReadable) ??
    builtins.stream.Readable.from(Stream.toAsyncIterable(bodyStream(response)))
  )
}

const inside = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const isReadable = (value: unknown): value is Readable => value instanceof builtins.stream.Readable

/** A stream of Node as batches. */
import { Readable } from "node:stream"
import { setImmediate as turn } from "node:timers/promises"
import { expect, it } from "vitest"
import { batchesOf } from "#src/layers/node/http/batchesOf.ts"

const watch = { seen: () => undefined, isEnd: () => false }

/** A source that counts what is taken from it. */
const counted = (size: number, pieces: number) => {
  const source = { taken: 0 }
  const stream = new Readable({
    highWaterMark: 1,
    read() {
      this.push(source.taken++ < pieces ? Buffer.alloc(size, source.taken) : null)
    }
  })
  return { source, stream }
}

it.each([
  { size: 1, most: 2_000 },
  { size: 65_536, most: 40 }
])(
  "pieces of $size bytes: what waits for a slow reader is bounded, and nothing of it is lost",
  async ({ most, size }) => {
    const { source, stream } = counted(size, 5_000)
    const batches = batchesOf(stream, watch)[Symbol.asyncIterator]()
    const first = await batches.next()
    for (let turns = 0; turns < 100; turns++) await turn()
    expect(source.taken).toBeLessThan((first.value?.length ?? 0) + most)
    let received = first.value?.length ?? 0
    for (let next = await batches.next(); next.done !== true; next = await batches.next()) received += next.value.length
    expect(received).toBe(5_000)
  }
)

it("what came before an error is handed out before it", async () => {
  const stream = new Readable({ read: () => undefined })
  const batches = batchesOf(stream, watch)[Symbol.asyncIterator]()
  stream.on("data", () => stream.destroy(new Error("cut")))
  stream.push(Buffer.from("a"))
  expect(await batches.next()).toMatchObject({ done: false, value: [Buffer.from("a")] })
  await expect(batches.next()).rejects.toThrow("cut")
})

it("an error that is the end is the end", async () => {
  const stream = new Readable({ read: () => undefined })
  const batches = batchesOf(stream, { ...watch, isEnd: () => true })[Symbol.asyncIterator]()
  stream.destroy(new Error("cut"))
  expect(await batches.next()).toEqual({ done: true, value: undefined })
})

it("a stream that is given up while somebody waits is closed at once", async () => {
  const stream = new Readable({ read: () => undefined })
  const batches = batchesOf(stream, watch)[Symbol.asyncIterator]()
  const waiting = batches.next()
  await batches.return?.()
  expect(stream.destroyed).toBe(true)
  await expect(waiting).rejects.toThrow("Premature close")
})

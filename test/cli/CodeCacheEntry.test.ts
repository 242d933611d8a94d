/** What stands between the bytes of a file and V8, which trusts what it is given. */
import { describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import { pack as packEntry, unpack as unpackFile } from "#src/cli/start/CodeCacheEntry.ts"

const commands = ["account list", "doctor --offline"]

const pack = (bytes: Buffer, key: string) => packEntry({ code: bytes, commands }, key)

const unpack = (file: Buffer, key: string) =>
  unpackFile(file.length, (bytes, position) => file.copy(bytes, 0, position), key)

const code = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes))
const key = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 })

/** The code is followed by every byte that there is, and both are there twice. */
const copyLength = (bytes: Buffer) => bytes.length + 256

const damages = [() => 0, () => 0xff, (byte: number) => byte ^ 1, (byte: number) => byte ^ 0x80]

describe("an entry of the code cache", () => {
  it.prop("gives what was packed, for its own bundle", [code, key], ([bytes, name]) => {
    const found = unpack(pack(bytes, name), name)
    return found?.code.equals(bytes) === true && found.commands.join() === commands.join()
  })

  it.prop(
    "gives nothing to another bundle",
    [code, key, key],
    ([bytes, name, other]) => name === other || unpack(pack(bytes, name), other) === undefined
  )

  it.prop(
    "gives nothing after any one byte has changed, but for what only tells when to write it again",
    [code, key, fc.nat(), fc.integer({ min: 1, max: 255 })],
    ([bytes, name, at, change]) => {
      const damaged = pack(bytes, name)
      const index = at % damaged.length
      damaged[index] = (damaged[index] ?? 0) ^ change
      const found = unpack(damaged, name)
      const toldCommands = damaged.length - 8 - commands.join("\n").length
      return index >= toldCommands && index < damaged.length - 8
        ? found?.code.equals(bytes) === true
        : found === undefined
    }
  )

  // A block of zeros, of ones, or a bit that hangs, in both copies.
  it.prop(
    "gives nothing after both copies were damaged in the same way at the same place",
    [code, key, fc.nat(), fc.integer({ min: 1, max: 500 }), fc.constantFrom(...damages)],
    ([bytes, name, from, count, damage]) => {
      const damaged = pack(bytes, name)
      const length = copyLength(bytes)
      const start = from % length
      for (let index = start; index < Math.min(start + count, length); index++) {
        for (const at of [index, length + index]) damaged[at] = damage(damaged[at] ?? 0)
      }
      const isChanged = !damaged.equals(pack(bytes, name))
      return !isChanged || unpack(damaged, name) === undefined
    }
  )

  it.prop(
    "gives nothing after every byte of a kind has become another, all over",
    [code, key, fc.nat(), fc.integer({ min: 1, max: 255 })],
    ([bytes, name, at, change]) => {
      const from = bytes[at % bytes.length] ?? 0
      const sound = pack(bytes, name)
      const copies = 2 * copyLength(bytes)
      const damaged = sound.map((byte, index) => (index < copies && byte === from ? byte ^ change : byte))
      return unpack(Buffer.from(damaged), name) === undefined
    }
  )

  it.prop("gives nothing when it was cut", [code, key, fc.nat()], ([bytes, name, length]) => {
    const whole = pack(bytes, name)
    return unpack(whole.subarray(0, length % whole.length), name) === undefined
  })

  it.prop(
    "gives nothing for foreign bytes",
    [fc.uint8Array({ maxLength: 300 }), key],
    ([bytes, name]) => unpack(Buffer.from(bytes), name) === undefined
  )
})

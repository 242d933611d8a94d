/** Answers that are written byte by byte, so that nothing of Node makes them better than they are; and what should come of them. */
import { createServer, type Socket } from "node:net"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { listening } from "./loopback.ts"

export const words = Buffer.from(
  Array.from({ length: 3_000 }, (_, line) => `{"event":"E","n":${line * 7919}}\n`).join("")
)

/** The words in each coding, packed once: nothing here costs more. */
const codings = {
  none: words,
  gzip: gzipSync(words),
  "x-gzip": gzipSync(words),
  deflate: deflateSync(words),
  br: brotliCompressSync(words),
  "deflate, gzip": gzipSync(deflateSync(words))
}

/** How the end of a body is told; with `close` it is not told at all. */
const framings = ["length", "chunked", "close"] as const

/** Where a body ends: where it should; too early, though its framing is whole; or with its framing. */
const cuts = ["whole", "inside its encoding", "inside its framing"] as const

export interface Answer {
  readonly method: "GET" | "HEAD" | "DELETE"
  readonly status: number
  readonly coding: keyof typeof codings
  readonly framing: (typeof framings)[number]
  readonly cut: (typeof cuts)[number]
}

export const nameOf = ({ coding, cut, framing, method, status }: Answer): string =>
  `${method} ${status}, ${coding}, by ${framing}, ${cut}`

/** The body that a reader should see, or that there must be an error that tells how many bytes came. */
export const expectedOf = ({ coding, cut, framing, method, status }: Answer): "whole" | "empty" | "error" => {
  if (method === "HEAD" || [204, 205, 304].includes(status)) return "empty"
  if (cut === "whole") return "whole"
  // What neither an encoding nor a framing bounds has no end that could be missed.
  if (cut === "inside its encoding") return coding === "none" ? "whole" : "error"
  return framing === "close" && coding === "none" ? "whole" : "error"
}

/** Every combination that says something: without encoding and framing nothing can be cut. */
export const answers: ReadonlyArray<Answer> = [
  ...(["GET"] as const).flatMap((method) =>
    Object.keys(codings).flatMap((coding) =>
      framings.flatMap((framing) =>
        cuts.flatMap((cut): ReadonlyArray<Answer> => {
          if (!isCoding(coding) || (coding === "none" && cut !== "whole" && framing === "close")) return []
          if (coding === "none" && cut === "inside its encoding") return []
          return [200, 400].map((status) => ({ method, status, coding, framing, cut }))
        })
      )
    )
  ),
  ...(["none", "gzip", "br"] as const).flatMap(
    (coding): ReadonlyArray<Answer> => [
      { method: "HEAD", status: 200, coding, framing: "length", cut: "whole" },
      { method: "HEAD", status: 404, coding, framing: "length", cut: "whole" },
      { method: "DELETE", status: 204, coding, framing: "close", cut: "whole" },
      { method: "GET", status: 205, coding, framing: "length", cut: "whole" },
      { method: "GET", status: 304, coding, framing: "close", cut: "whole" }
    ]
  )
]

function isCoding(name: string): name is keyof typeof codings {
  return Object.hasOwn(codings, name)
}

/** What goes over the wire, and whether the connection ends after it. */
const wireOf = (answer: Answer): Buffer => {
  const whole = codings[answer.coding]
  const isBodiless = expectedOf(answer) === "empty"
  const sent = answer.cut === "inside its encoding" ? whole.subarray(0, whole.length >> 1) : whole
  const body = isBodiless ? Buffer.alloc(0) : sent
  const head = [
    `HTTP/1.1 ${answer.status} Status`,
    "Content-Type: application/json",
    ...(answer.coding === "none" ? [] : [`Content-Encoding: ${answer.coding}`]),
    ...framingHeaders(answer, isBodiless && answer.method !== "HEAD" ? 0 : sent.length),
    "Connection: close"
  ].join("\r\n")
  const framed = answer.framing === "chunked" ? chunked(body) : body
  const cut = answer.cut === "inside its framing" ? framed.subarray(0, framed.length >> 1) : framed
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), cut])
}

const framingHeaders = ({ framing }: Answer, length: number): ReadonlyArray<string> =>
  framing === "length" ? [`Content-Length: ${length}`] : framing === "chunked" ? ["Transfer-Encoding: chunked"] : []

/** In two pieces, so that half of it is not cut in the middle of its only one. */
const chunked = (body: Buffer): Buffer => {
  const half = body.length >> 1
  const piece = (bytes: Buffer) =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")])
  return Buffer.concat([piece(body.subarray(0, half)), piece(body.subarray(half)), Buffer.from("0\r\n\r\n")])
}

/** Gives the answer whose number the path ends with. */
export const answering = listening((got) =>
  createServer((socket: Socket) => {
    socket.on("error", () => undefined)
    socket.once("data", (data) => {
      const line = data.toString("latin1").split("\r\n")[0] ?? ""
      got.push(line)
      const answer = answers[Number(/(\d+) HTTP/.exec(line)?.[1])]
      socket.end(answer === undefined ? "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" : wireOf(answer))
    })
  })
)

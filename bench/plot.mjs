/** Draws docs/performance.svg from bench/results.json: time against size, both in powers of ten. */
import { readFileSync, writeFileSync } from "node:fs"

const details = JSON.parse(readFileSync(new URL("results.json", import.meta.url), "utf8")).results.growth.details

const width = 760
const height = 460
const frame = { left: 70, right: 200, top: 40, bottom: 60 }
const inner = { width: width - frame.left - frame.right, height: height - frame.top - frame.bottom }

/** Readable on white and on black, and told apart without colour by their labels. */
const colours = ["#3b82c4", "#c4572e", "#2f9e6e", "#9b6bc9", "#b08a1e"]

const series = Object.keys(details[0].times).map((name, index) => ({
  name,
  colour: colours[index % colours.length],
  points: details.map(({ count, times }) => [count, times[name].cpuMillis])
}))

const decades = (values) => {
  const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))]
  return Array.from({ length: high - low + 1 }, (_, index) => low + index)
}

const sizes = decades(details.map(({ count }) => count))
const millis = decades(series.flatMap(({ points }) => points.map(([, time]) => time)))

const scale = (exponents, length) => (value) =>
  ((Math.log10(value) - exponents[0]) / (exponents.at(-1) - exponents[0])) * length

const toX = scale(sizes, inner.width)
const toY = scale(millis, inner.height)
const x = (count) => (frame.left + toX(count)).toFixed(1)
const y = (time) => (frame.top + inner.height - toY(time)).toFixed(1)

const label = (exponent) => (exponent < 0 ? String(10 ** exponent) : (10 ** exponent).toLocaleString("en"))

const text = (at, content, attributes = "") => `<text x="${at[0]}" y="${at[1]}" ${attributes}>${content}</text>`

const columns = sizes.map((exponent) => {
  const at = x(10 ** exponent)
  return [
    `<line class="grid" x1="${at}" x2="${at}" y1="${frame.top}" y2="${frame.top + inner.height}"/>`,
    text([at, frame.top + inner.height + 22], label(exponent), 'text-anchor="middle"')
  ].join("")
})

const rows = millis.map((exponent) => {
  const at = y(10 ** exponent)
  return [
    `<line class="grid" x1="${frame.left}" x2="${frame.left + inner.width}" y1="${at}" y2="${at}"/>`,
    text([frame.left - 10, Number(at) + 4], label(exponent), 'text-anchor="end"')
  ].join("")
})

/** The heights of the labels: at the end of their lines, moved apart where they would overlap. */
const labelHeights = () => {
  const ends = series
    .map(({ name, points }) => ({ name, at: Number(y(points.at(-1)[1])) }))
    .toSorted((a, b) => a.at - b.at)
  let last = Number.NEGATIVE_INFINITY
  return new Map(
    ends.map(({ at, name }) => {
      last = Math.max(at, last + 18)
      return [name, last]
    })
  )
}

const heights = labelHeights()

const lines = series.map(({ colour, name, points }) => {
  const path = points.map(([count, time], index) => `${index === 0 ? "M" : "L"}${x(count)} ${y(time)}`).join(" ")
  const dots = points.map(([count, time]) => `<circle cx="${x(count)}" cy="${y(time)}" r="3.5" fill="${colour}"/>`)
  const end = [frame.left + inner.width + 12, heights.get(name) + 4]
  return [
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...dots,
    text(end, name, `style="fill:${colour};font-weight:600"`)
  ].join("")
})

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">
<title id="title">Processor time of each operation against the number of accounts and targets</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #57606a }
.grid { stroke: #8b949e; stroke-opacity: 0.35 }
@media (prefers-color-scheme: dark) { text { fill: #adb5bd } }
</style>
${[...columns, ...rows, ...lines].join("\n")}
${text([frame.left, 22], "processor time, ms")}
${text([frame.left + inner.width / 2, height - 14], "accounts, and as many targets", 'text-anchor="middle"')}
</svg>
`

writeFileSync(new URL("../docs/performance.svg", import.meta.url), svg)

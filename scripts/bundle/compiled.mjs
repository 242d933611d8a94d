// What V8 makes of the bundles, shipped with them: on the release of V8 that built the package, the first start of mp
// is as quick as the later ones, also where nothing can be kept.
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { commands, files } from "./rehearsal.mjs"
import { writeHome } from "./writeHome.mjs"

const words = (name, line) => [...name.split(" "), ...line.split(" ").filter((word) => word !== "")]

/** A command that fails would leave the code of its failure behind: the build fails with it. */
const rehearse = (bin, home) => {
  const options = { cwd: home, env: { PATH: process.env.PATH, HOME: home }, stdio: ["ignore", "ignore", "pipe"] }
  for (const { lines, name } of commands) {
    for (const line of lines) {
      execFileSync(process.execPath, [join(bin, "mp.cjs"), ...words(name, line)], options)
    }
  }
}

/** What is kept of a bundle holds its code twice, against damage; what is shipped is as safe as the bundle beside it. */
const once = (bytes) => bytes.subarray(bytes.readUInt32LE(bytes.length - 4))

/** Ships the code of the bundles in a directory, which holds all of `mp`. */
export const compiled = (bin) => {
  const home = mkdtempSync(join(tmpdir(), "mp-build-"))
  try {
    writeHome(home, files)
    rehearse(bin, home)
    const kept = join(home, ".cache", "effect-mixpanel")
    mkdirSync(join(bin, "compiled"))
    for (const name of readdirSync(kept))
      writeFileSync(join(bin, "compiled", name), once(readFileSync(join(kept, name))))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

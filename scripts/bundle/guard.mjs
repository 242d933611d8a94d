// Packages that must never slip into a bundle: each costs start-up time in every command.
const forbidden = ["undici", "yaml", "toml", "ini", "fast-check", "ws", "mime", "oidc-provider", "msgpackr"]

const packageOf = (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]

/** The names of the packages that a bundle holds anything of. */
const packagesIn = (metafile) =>
  new Set(
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([path]) => packageOf(path))
    )
  )

export const guard = (name, metafile) => {
  const packages = packagesIn(metafile)
  const slipped = forbidden.filter((forbiddenName) => packages.has(forbiddenName))
  if (slipped.length > 0) throw new Error(`The bundle ${name} must not hold ${slipped.join(", ")}.`)
}

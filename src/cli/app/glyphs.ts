/** The characters beyond ASCII that are ours, and what stands for them where the locale has none. */
const glyphs: Readonly<Record<string, string>> = {
  "→": "->",
  "✓": "OK",
  "✔": "OK",
  "❯": ">",
  "›": ">",
  "‹": "<",
  "…": "...",
  "·": "-",
  "’": "'"
}

const any = new RegExp(`[${Object.keys(glyphs).join("")}]`, "g")

export const withoutGlyphs = (text: string): string => text.replace(any, (glyph) => glyphs[glyph] ?? "?")

export const spinner = (hasGlyphs: boolean): ReadonlyArray<string> => [...(hasGlyphs ? "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" : "|/-\\")]

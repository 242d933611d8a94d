/** Weight and colour of words on a terminal, where they are wanted: `isStyled` of look.ts decides. */
import { type Part, text } from "./TerminalText.ts"

/** What begins and what ends a style (ECMA-48, SGR). */
const codes = {
  bold: [1, 22],
  green: [32, 39],
  red: [31, 39],
  yellow: [33, 39]
} as const

/** The words as they are where styles are not wanted. */
export const styled = (style: keyof typeof codes, words: Part, isStyled: boolean): Part => {
  const [on, off] = codes[style]
  return isStyled ? text`\u001b[${on}m${words}\u001b[${off}m` : words
}

/** Text as an attacker writes it into names, and what must never reach a terminal of it. Written out here: the code under test is not asked. */

/** Moves the cursor, sets the title, forges a row, turns the line round, hides. */
export const hostile = [
  "\u001b[2J\u001b]0;owned\u0007",
  "a\u009b31mb\u009d0;t\u009c",
  "x\r\nFORGED  oauth_token  us",
  "x\u2028FORGED\u2029FORGED\u0085FORGED\u000bFORGED\u000cFORGED",
  "\u202egnp.exe\u2066\u2069\u200e\u200f\u061c",
  "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00ad",
  "tab\tin\tit",
  "del\u007f\u0008\u0008\u0008",
  "\u{e0041}\u{e007f}tags",
  "\u3164\u115f\u034f",
  '=HYPERLINK("http://x")',
  "+1+1",
  "-1+1",
  "@SUM(A1)",
  " \t=1",
  "\uff1d1",
  "'\";$(touch x)`touch y`\\"
] as const

/** Characters that no output may hold, line feeds and tabs of ours aside. */
export const forbidden =
  /[\u0000-\u0008\u000b-\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]|\u034f|\r(?!\n)/

/** The forbidden characters of a text, readable. */
export const forbiddenIn = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(new RegExp(forbidden.source, "g")), ([found]) => `U+${found.codePointAt(0)?.toString(16)}`)

/** A line that a name made. */
export const forgedRow = /^\W*FORGED/m

/** What the browser shows at the end of a login: one page, complete in itself, without a script. */
import { sha256 } from "../crypto.ts"
import type { CallbackPage } from "../../../services/oauth/CallbackListener.ts"

/** The pages of a login, and two for when the listener cannot know how it ended. */
export type ListenerPage =
  | CallbackPage
  /** The answer took too long, or the login was given up meanwhile. */
  | "unknown"
  /** The listener itself failed on a request. */
  | "broken"

export interface RenderedPage {
  readonly status: number
  readonly html: string
}

type Mood = "good" | "bad" | "neutral"

interface Content {
  readonly status: number
  readonly mood: Mood
  readonly title: string
  readonly text: string
}

const contents: Readonly<Record<ListenerPage, Content>> = {
  success: {
    status: 200,
    mood: "good",
    title: "You’re signed in",
    text: "Return to your terminal to carry on. You can close this tab."
  },
  denied: {
    status: 403,
    mood: "neutral",
    title: "Access was not granted",
    text: "Nothing was changed. To try again, start the login once more in your terminal."
  },
  failed: {
    status: 502,
    mood: "bad",
    title: "Sign-in could not be finished",
    text: "The browser did its part, but the access tokens could not be fetched. Your terminal says why, and what to do next."
  },
  already_used: {
    status: 409,
    mood: "neutral",
    title: "This link was already used",
    text: "Each sign-in link works once. Your terminal shows how the login ended."
  },
  not_ours: {
    status: 400,
    mood: "neutral",
    title: "This request was ignored",
    text: "It does not belong to the login that is waiting. Carry on in the tab that your terminal opened, or start the login again."
  },
  unknown: {
    status: 202,
    mood: "neutral",
    title: "Go back to your terminal",
    text: "It shows how the login ended. You can close this tab."
  },
  broken: {
    status: 500,
    mood: "bad",
    title: "Something went wrong here",
    text: "The login is still waiting. Try again from the tab that your terminal opened, or start the login again."
  }
}

interface Palette {
  readonly page: string
  readonly card: string
  readonly edge: string
  readonly heading: string
  readonly text: string
  readonly good: string
  readonly bad: string
  readonly neutral: string
}

/** Text on its ground has a contrast of at least 4.5, a mark of at least 3 (WCAG 2.2, AA). */
export const palettes: { readonly light: Palette; readonly dark: Palette } = {
  light: {
    page: "#f4f4f8",
    card: "#ffffff",
    edge: "#e2e2ea",
    heading: "#17171f",
    text: "#4b4b5a",
    good: "#0f7b4f",
    bad: "#b3261e",
    neutral: "#5a4fcf"
  },
  dark: {
    page: "#121217",
    card: "#1c1c24",
    edge: "#30303c",
    heading: "#f4f4f8",
    text: "#bcbcca",
    good: "#4fd18f",
    bad: "#ff8a80",
    neutral: "#a79fff"
  }
}

const variables = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, color]) => `--${name}:${color}`)
    .join(";")

const style = `
:root{color-scheme:light dark;${variables(palettes.light)}}
@media (prefers-color-scheme:dark){:root{${variables(palettes.dark)}}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100svh;display:grid;place-items:center;padding:1.5rem;background:var(--page);color:var(--text);font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main{width:100%;max-width:27rem;padding:2.75rem 2.25rem 2.5rem;background:var(--card);border:1px solid var(--edge);border-radius:1.25rem;box-shadow:0 1px 2px rgb(0 0 0/.04),0 12px 32px rgb(0 0 0/.07);text-align:center}
svg{display:block;width:4rem;height:4rem;margin:0 auto 1.5rem}
.good{color:var(--good)}
.bad{color:var(--bad)}
.neutral{color:var(--neutral)}
h1{margin:0 0 .75rem;color:var(--heading);font-size:1.625rem;font-weight:650;line-height:1.25;letter-spacing:-.015em;text-wrap:balance;overflow-wrap:break-word}
p{margin:0}
span{display:inline-block;text-wrap:balance}
@media (max-width:30rem){body{padding:1rem}main{padding:2.25rem 1.5rem 2rem}h1{font-size:1.5rem}}
@media (forced-colors:active){svg{color:CanvasText}}
`

/** Allows that one style, and nothing else at all. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${sha256(style).toString("base64")}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'"
].join("; ")

const strokes: Readonly<Record<Mood, string>> = {
  good: `<path d="M20.5 33.5l8 8 15.5-17"/>`,
  bad: `<path d="M32 19v16"/><path d="M32 44.5v.01"/>`,
  neutral: `<path d="M32 29.5V45"/><path d="M32 19.5v.01"/>`
}

const mark = (mood: Mood): string =>
  `<svg class="${mood}" viewBox="0 0 64 64" fill="none" stroke="currentColor" stroke-width="4.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><circle cx="32" cy="32" r="30" fill="currentColor" fill-opacity=".12" stroke="none"/>${strokes[mood]}</svg>`

/** A line ends between two sentences rather than within one. */
const sentences = (text: string): string =>
  text
    .split(/(?<=\.) /)
    .map((sentence) => `<span>${sentence}</span>`)
    .join(" ")

/** The page to a result. It says nothing that a request or a server said. */
export const renderPage = (page: ListenerPage): RenderedPage => {
  const { mood, status, text, title } = contents[page]
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main role="status">
${mark(mood)}
<h1>${title}</h1>
<p>${sentences(text)}</p>
</main>
</body>
</html>
`
  return { status, html }
}

/** A person who approves a login on another machine, without a browser. */
import * as Effect from "effect/Effect"

/** The redirect that approving leads to, not followed: what the browser of another machine would end on. */
export const redirectOf = (url: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const cookies = new Map<string, string>()
    let request = new Request(url)
    for (let hop = 0; hop < 12; hop++) {
      request.headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "))
      const response = await fetch(request, { redirect: "manual" })
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = ""] = cookie.split(";")
        cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1))
      }
      const location = response.headers.get("location")
      if (location === null) {
        const [, action = ""] = /action="([^"]*approve[^"]*)"/.exec(await response.text()) ?? []
        request = new Request(new URL(action, request.url), { method: "POST" })
        continue
      }
      const next = new URL(location, request.url)
      if (next.hostname === "localhost") return next.href
      request = new Request(next)
    }
    throw new Error("approving did not lead to a redirect")
  })

/**
 * The person of a login, for programs that run without one: opens the address, presses the sandbox's button
 * and goes where the server leads. `BROWSER` may name it.
 *
 *     node examples/from-python/person.mjs http://127.0.0.1:4010/oauth/authorize/?…
 */
const cookies = new Map()

const remember = (response) => {
  for (const cookie of response.headers.getSetCookie()) {
    const [pair = ""] = cookie.split(";")
    cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1))
  }
}

const visit = async (url, method = "GET") => {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
  const response = await fetch(url, { method, headers: { cookie }, redirect: "manual" })
  remember(response)
  const location = response.headers.get("location")
  if (location !== null) return visit(new URL(location, url))
  const [, action] = /action="([^"]*approve[^"]*)"/.exec(await response.text()) ?? []
  if (action !== undefined) return visit(new URL(action, url), "POST")
}

await visit(new URL(process.argv[2]))

/**
 * A process of its own: an API that checks its bearers, and a token endpoint that forgives nothing. A refresh token is
 * good once, and an access token is refused soon after the next one ought to have been fetched.
 */
import { createServer } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { clientId, expiresInSeconds, firstRefreshToken, staticBearer } from "./agreed.mjs"
import { serve } from "./serve.mjs"

/** The library looks for a new one after the first second; the API takes the old one for as long again. */
const acceptedMillis = 2_000

const figures = { calls: 0, refusedBearers: 0, refreshes: 0, refusedRefreshes: 0, refreshTokenReuses: 0 }
const issuedAt = new Map()
const spent = new Set()
let current = firstRefreshToken
let thinkMillis = 0

const isAccepted = (bearer) =>
  bearer === staticBearer || Date.now() - (issuedAt.get(bearer) ?? Number.NEGATIVE_INFINITY) < acceptedMillis

const json = (response, status, body) => {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

/** Answers with the path, so that nobody can mistake another one's answer for his own. */
const callApi = (request, response) => {
  figures.calls += 1
  const accepted = isAccepted(request.headers.authorization?.replace(/^Bearer /, ""))
  if (!accepted) figures.refusedBearers += 1
  json(response, accepted ? 200 : 401, { status: accepted ? "ok" : "error", path: request.url })
}

const rotate = () => {
  figures.refreshes += 1
  spent.add(current)
  current = `fake-refresh-${figures.refreshes}`
  const access = `fake-access-${figures.refreshes}`
  issuedAt.set(access, Date.now())
  return { access_token: access, refresh_token: current, token_type: "Bearer", expires_in: expiresInSeconds, scope: "" }
}

const refresh = (form, response) => {
  const token = form.get("refresh_token")
  const isGood = form.get("grant_type") === "refresh_token" && form.get("client_id") === clientId && token === current
  if (isGood) return json(response, 200, rotate())
  figures.refusedRefreshes += 1
  if (spent.has(token)) figures.refreshTokenReuses += 1
  json(response, 400, { error: "invalid_grant" })
}

const answer = async (request, response) => {
  if (thinkMillis > 0) await sleep(thinkMillis)
  if (request.method === "GET") return callApi(request, response)
  let body = ""
  for await (const chunk of request) body += chunk
  refresh(new URLSearchParams(body), response)
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error))
})
await serve(server, {
  figures: () => figures,
  think: (millis) => {
    thinkMillis = millis
  }
})

/** The pages of the application. Nothing that came from outside gets into them unescaped. */
import { HttpServerResponse } from "@effect/platform"
import type { Project } from "effect-mixpanel"
import { Option } from "effect"

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Neither kept by a cache, nor told of to the next page. */
const page = (status: number, title: string, body: string) =>
  HttpServerResponse.text(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}</html>`,
    {
      status,
      contentType: "text/html; charset=utf-8",
      headers: {
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'",
        "referrer-policy": "no-referrer"
      }
    }
  )

export const connectPage = (tenant: string) =>
  page(200, `Mixpanel for ${escape(tenant)}`, `<a href="/${escape(tenant)}/connect">Connect Mixpanel</a>`)

export const projectsPage = (tenant: string, projects: ReadonlyArray<Project>) =>
  page(
    200,
    `Projects of ${escape(tenant)}`,
    `<ul>${projects.map(({ id, name }) => `<li>${escape(Option.getOrElse(name, () => id))}</li>`).join("")}</ul>`
  )

export const notConnected = (why: string) => page(400, "Mixpanel was not connected", `<p>${escape(why)}</p>`)

export const failed = (why: string) => page(502, "Mixpanel cannot be asked", `<p>${escape(why)}</p>`)

export const notFound = page(404, "Not found", "")

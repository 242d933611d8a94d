import { expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import { type ProxyVariables, proxyFor } from "#src/layers/node/http/proxyFor.ts"

const variables = (https: string, except = "", http = https): ProxyVariables => ({
  https: Option.map(
    Option.liftPredicate(https, (value) => value !== ""),
    (value) => ({ name: "HTTPS_PROXY", value })
  ),
  http: Option.map(
    Option.liftPredicate(http, (value) => value !== ""),
    (value) => ({ name: "HTTP_PROXY", value })
  ),
  except
})

const proxy = "http://proxy.example:3128"

/** The way as text: the proxy's origin, "direct", or what is wrong. */
const way = (target: string, given: ProxyVariables): string =>
  Either.match(proxyFor(new URL(target), given), {
    onLeft: (reason) => reason,
    onRight: Option.match({ onNone: () => "direct", onSome: ({ origin }) => origin })
  })

describe("NO_PROXY", () => {
  const direct: ReadonlyArray<readonly [except: string, target: string]> = [
    ["*", "https://mixpanel.com/"],
    [" * ", "https://mixpanel.com/"],
    ["a.example, *", "https://mixpanel.com/"],
    ["mixpanel.com", "https://mixpanel.com/"],
    ["mixpanel.com", "https://data.mixpanel.com/"],
    [".mixpanel.com", "https://data.mixpanel.com/"],
    [".mixpanel.com", "https://mixpanel.com/"],
    ["*.mixpanel.com", "https://data.mixpanel.com/"],
    ["MIXPANEL.COM", "https://mixpanel.com/"],
    ["mixpanel.com.", "https://mixpanel.com/"],
    ["mixpanel.com", "https://mixpanel.com./"],
    ["a.example mixpanel.com", "https://mixpanel.com/"],
    ["a.example,,mixpanel.com,", "https://mixpanel.com/"],
    ["mixpanel.com:443", "https://mixpanel.com/"],
    ["mixpanel.com:8443", "https://mixpanel.com:8443/"],
    ["192.0.2.7", "https://192.0.2.7/"],
    ["192.0.2.0/24", "https://192.0.2.7/"],
    ["192.0.2.0/24:8443", "https://192.0.2.7:8443/"],
    ["2001:db8::1", "https://[2001:db8::1]/"],
    ["[2001:db8::1]", "https://[2001:db8:0::1]/"],
    ["[2001:db8::1]:8080", "https://[2001:db8::1]:8080/"],
    ["2001:db8::/32", "https://[2001:db8::1]/"],
    ["0.0.0.0/0", "https://192.0.2.7/"]
  ]
  it.each(direct)("%j: %s is reached directly", (except, target) => {
    expect(way(target, variables(proxy, except))).toBe("direct")
  })

  const proxied: ReadonlyArray<readonly [except: string, target: string]> = [
    ["", "https://mixpanel.com/"],
    ["notmixpanel.com", "https://mixpanel.com/"],
    ["panel.com", "https://mixpanel.com/"],
    ["data.mixpanel.com", "https://mixpanel.com/"],
    ["mixpanel.com:8443", "https://mixpanel.com/"],
    ["mixpanel.com:443", "http://mixpanel.com/"],
    ["192.0.2.0/24", "https://192.0.3.7/"],
    ["192.0.2.0/99", "https://192.0.2.7/"],
    ["192.0.2.0/x", "https://192.0.2.7/"],
    ["192.0.2.0/", "https://192.0.3.7/"],
    ["::1", "https://[2001:db8::1]/"],
    ["[2001:db8::1]:8080", "https://[2001:db8::1]/"],
    ["2001:db8::/32", "https://192.0.2.7/"],
    ["10.0.0.0/8", "https://ten.example/"],
    [".", "https://mixpanel.com/"],
    ["*.", "https://mixpanel.com/"]
  ]
  it.each(proxied)("%j: %s goes through the proxy", (except, target) => {
    expect(way(target, variables(proxy, except))).toBe(proxy)
  })

  it.prop("no text makes it throw", [FastCheck.string(), FastCheck.webUrl()], ([except, target]) => {
    expect(typeof way(target, variables(proxy, except))).toBe("string")
  })
})

describe("addresses", () => {
  it("each scheme has its own, and none means direct", () => {
    expect(way("https://a.example/", variables(proxy, "", "http://other.example:1"))).toBe(proxy)
    expect(way("http://a.example/", variables(proxy, "", "http://other.example:1"))).toBe("http://other.example:1")
    expect(way("http://a.example/", variables(proxy, "", ""))).toBe("direct")
  })

  it("a scheme may be left out, blanks do no harm, and the port may be the usual one", () => {
    expect(way("https://a.example/", variables("proxy.example:3128"))).toBe(proxy)
    expect(way("https://a.example/", variables(" http://proxy.example:3128/ "))).toBe(proxy)
    expect(way("https://a.example/", variables("https://proxy.example"))).toBe("https://proxy.example")
  })

  it.each([
    ["http://user:p%40ss@proxy.example:3128", "user:p@ss"],
    ["http://user@proxy.example:3128", "user:"],
    ["user:p@ss@proxy.example:3128", "user:p@ss"],
    ["http://:token@proxy.example:3128", ":token"]
  ])("%s sends its user", (address, sent) => {
    const found = Either.getOrThrow(proxyFor(new URL("https://a.example/"), variables(address)))
    const header = Option.flatMap(found, ({ authorization }) => Option.map(authorization, Redacted.value))
    expect(header).toEqual(Option.some(`Basic ${Buffer.from(sent).toString("base64")}`))
    expect(JSON.stringify(found)).not.toContain("p@ss")
  })

  it.each([
    "http://u:p@ss#SECRET@h:1",
    "http://u:SECRET%zz@h:1",
    "http://[",
    "ftp://u:SECRET@h:1",
    "http://h:1/SECRET",
    "http://h/?SECRET",
    "http://",
    "http://h:99999"
  ])("%s is named by its variable and not quoted", (address) => {
    const told = way("https://a.example/", variables(address))
    expect(told).toMatch(/^HTTPS_PROXY is not an http: or https: address of a proxy/)
    expect(told).not.toContain("SECRET")
  })

  it.each(["socks5://h:1080", "socks://u:SECRET@h", "socks5h://h"])("%s is named as SOCKS", (address) => {
    const told = way("https://a.example/", variables(address))
    expect(told).toMatch(/^HTTPS_PROXY names a SOCKS proxy/)
    expect(told).not.toContain("SECRET")
  })
})

describe("this machine", () => {
  it.each(["http://127.0.0.1:8080/", "http://localhost/", "http://[::1]:1/", "https://127.9.9.9/"])(
    "%s never goes through a proxy elsewhere, and does through one on this machine",
    (target) => {
      expect(way(target, variables(proxy))).toBe("direct")
      expect(way(target, variables("socks5://elsewhere:1"))).toBe("direct")
      expect(way(target, variables("http://127.0.0.1:3128"))).toBe("http://127.0.0.1:3128")
    }
  )
})

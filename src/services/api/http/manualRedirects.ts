import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as FiberId from "effect/FiberId"
import * as FiberRefs from "effect/FiberRefs"
import * as Runtime from "effect/Runtime"

/**
 * The surroundings of a transport that follows no redirect by itself and is not traced: its own spans would
 * show the query and headers. Settings of `fetch` belong into `FetchHttpClient.Fetch`; a `RequestInit` is not used.
 */
export const withManualRedirects = ({
  context,
  fiberRefs,
  runtimeFlags
}: Runtime.Runtime<never>): Runtime.Runtime<never> =>
  Runtime.make({ context: manually(context), fiberRefs: untraced(fiberRefs), runtimeFlags })

const untraced = (fiberRefs: FiberRefs.FiberRefs): FiberRefs.FiberRefs =>
  FiberRefs.updateAs(fiberRefs, {
    fiberId: FiberId.none,
    fiberRef: HttpClient.currentTracerDisabledWhen,
    value: always
  })

const always = () => true

/** The context with the setting in it; remembered, because it is the same for most requests and copying it is not free. */
const manually = (context: Context.Context<never>): Context.Context<never> => {
  const known = manual.get(context)
  if (known !== undefined) return known
  const made = Context.add(context, FetchHttpClient.RequestInit, { redirect: "manual" })
  manual.set(context, made)
  return made
}

const manual = new WeakMap<Context.Context<never>, Context.Context<never>>()

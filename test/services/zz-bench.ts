import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Res from "@effect/platform/HttpClientResponse"
import { layer, MixpanelHttpClient } from "/work/main/src/services/MixpanelHttpClient.ts"
import { browserSession, serviceSession, projectKeys, tokens } from "/work/main/test/services/httpSupport.ts"
const mock = HttpClient.make((r) => Effect.succeed(Res.fromWeb(r, new Response("{}"))))
const N = 300
const loop = (e: Effect.Effect<unknown, unknown>) => Effect.gen(function* () { const t = performance.now(); const c=process.cpuUsage(); for (let i = 0; i < N; i++) yield* e; const d=process.cpuUsage(c); return [((performance.now() - t) / N) * 1000, (d.user+d.system)/N] })
const main = Effect.gen(function* () {
  const m = yield* MixpanelHttpClient
  const svc = yield* m.forSession(serviceSession, "query")
  const svcPlain = yield* m.forSession(serviceSession.replace({ headers: {} }), "query")
  const br = yield* m.forSession(browserSession, "query")
  const kinds = {
    bare: Effect.suspend(() => mock.get("https://mixpanel.com/api/query/segmentation")),
    service: Effect.suspend(() => svcPlain.get("/segmentation")),
    serviceWithHeader: Effect.suspend(() => svc.get("/segmentation")),
    bearer: Effect.suspend(() => br.get("/segmentation")),
    "bare+text": Effect.suspend(() => mock.get("https://mixpanel.com/api/query/segmentation")).pipe(Effect.flatMap((r) => r.text)),
    "service+text": Effect.suspend(() => svcPlain.get("/segmentation")).pipe(Effect.flatMap((r) => r.text))
  }
  const all: Record<string, number[]> = {}
  for (let k = 0; k < 60; k++) for (const [n, e] of Object.entries(kinds)) { const [, cpu] = yield* loop(e); if (k > 0) (all[n] ??= []).push(cpu!) }
  const med=(x:number[])=>x.slice().sort((a,b)=>a-b)[Math.floor(x.length/2)]!
  for (const n of ['service','serviceWithHeader','bearer','service+text','bare+text','bare']) { const base = n.endsWith('text') ? all['bare+text']! : all['bare']!; console.log(n, 'ratio', med(all[n]!.slice(20).map((v,i)=>v/base[i+20]!)).toFixed(2)) }
})
Effect.runPromise(main.pipe(Effect.provide(layer.pipe(Layer.provide(Layer.mergeAll(Layer.succeed(HttpClient.HttpClient, mock), tokens(), projectKeys({}))))))) 


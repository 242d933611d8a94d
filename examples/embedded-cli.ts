/** An app with a command line of its own, in which `mp account` stands below `mixpanel`. */
import { Command } from "@effect/cli"
import { NodeContext } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { layer } from "effect-mixpanel/node"
import { account, exitCodeOf, Globals, globalFlags, run, terminal, toGlobals } from "effect-mixpanel/cli"
import { sandbox } from "./support/sandbox.ts"

const hello = Command.make("hello", {}, () => Console.log("This command is the app's own."))

const mixpanel = Command.make("mixpanel", { globals: globalFlags }).pipe(
  Command.withDescription("who calls Mixpanel"),
  Command.withSubcommands([account]),
  Command.provideEffect(Globals, ({ globals }) => toGlobals(globals))
)

const app = Command.make("app").pipe(Command.withSubcommands([hello, mixpanel]))

const runApp = Command.run(app, { name: "app", version: "1.0.0" })

const program = Effect.gen(function* () {
  yield* runApp(["node", "app", "hello"])
  yield* runApp(["node", "app", "mixpanel", "--format", "json", "account", "show"])
  yield* runApp(["node", "app", "mixpanel", "account", "use", "nobody"]).pipe(
    Effect.catchTag("AccountNotFound", (error) => Console.log(`${error.message} (${exitCodeOf(error)})`))
  )
  // A whole command line, checked as strictly as that of `mp`; what is wrong is told on stderr.
  yield* Console.log(`exit code ${yield* run(["acount", "list"])}`)
})

const services = Layer.mergeAll(layer, terminal, NodeContext.layer).pipe(Layer.provideMerge(sandbox()))

await Effect.runPromise(Effect.provide(program, services))

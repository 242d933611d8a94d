import { Command } from "@effect/cli"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { account, exitCodeOf, Globals, globalFlags, login, terminal, toGlobals } from "effect-mixpanel/cli"
import { layer } from "effect-mixpanel/node"

const report = Command.make("report", {}, () => Console.log("This command is the app's own."))

/** `app mixpanel login`, `app mixpanel --format json account list`, … */
const mixpanel = Command.make("mixpanel", { globals: globalFlags }).pipe(
  Command.withDescription("who calls Mixpanel"),
  Command.withSubcommands([account, login]),
  Command.provideEffect(Globals, ({ globals }) => toGlobals(globals))
)

const app = Command.make("app").pipe(Command.withSubcommands([report, mixpanel]))

const program = Command.run(app, { name: "app", version: "1.0.0" })(process.argv).pipe(
  Effect.catchTag("AccountNotFound", (error) =>
    Effect.zipRight(
      Console.error(error.message),
      Effect.sync(() => {
        process.exitCode = exitCodeOf(error)
      })
    )
  )
)

NodeRuntime.runMain(Effect.provide(program, Layer.mergeAll(layer, terminal, NodeContext.layer)))

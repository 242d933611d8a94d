/** `mp help TOPIC`. The page of a command, which `mp help COMMAND` asks for, is answered before any command is run. */
import { declare, group, lazyHandler } from "../../app/declare.ts"
import { type Topic, topics } from "../../app/help.ts"

const topic = (name: Topic) => {
  const show = lazyHandler(() => import("./topics.run.ts"))
  return declare(name, { summary: topics[name], examples: [`mp help ${name}`] }, {}, () => show(name))
}

export const help = group("help", "the page of a command, or of a topic", [
  topic("environment"),
  topic("exit-codes"),
  topic("files"),
  topic("formatting"),
  topic("precedence")
])

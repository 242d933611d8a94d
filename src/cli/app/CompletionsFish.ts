/** The completion of fish. */
import { type CompletionNode, type Described, literal, valuesText } from "./complete.ts"

/** Renders the script. */
export const renderFish = (nodes: ReadonlyArray<CompletionNode>): string => `# mp completions for fish. To load them:
#   mp completions fish | source
# or for good:
#   mp completions fish > ~/.config/fish/completions/mp.fish

# What can follow a command: command, flag and argument lines, each a kind, a word and a description.
function __mp_node
    switch "$argv[1]"
${nodes.map(nodeCase).join("\n")}
    end
end

# What the value of a flag of a command can be; nothing for a switch.
function __mp_values
    switch "$argv[1] $argv[2]"
${nodes.flatMap(valueCases).join("\n")}
    end
end

function __mp_live
    command mp $argv[1] list --format plain --no-input --quiet 2>/dev/null </dev/null | cut -f 1
end

function __mp_offer
    switch "$argv[1]"
        case 'words:*'
            string split ' ' -- (string replace 'words:' '' -- "$argv[1]")
        case accounts
            __mp_live account
        case targets
            __mp_live target
        case variables
            set --names --export
        case files
            __fish_complete_path (commandline -ct)
    end
end

function __mp_lines
    __mp_node "$argv[1]" | string replace -rf "^$argv[2]\\t" ''
end

function __mp_complete
    set -l words (commandline -opc) ''
    set -l current (commandline -ct)
    set -l at ''
    set -l flag ''
    set -l count 1
    set -l commands (__mp_lines '' command | string split -f 1 \\t)
    for i in (seq 2 (math (count $words) - 1))
        set -l word $words[$i]
        if test -n "$flag"
            set flag ''
        else if test "$word" = --
            contains command (__mp_lines "$at" argument)
            or return
            set -l rest $words[(math $i + 1)..-1]
            set -e rest[-1]
            complete -C (string join ' ' -- (string escape -- $rest) $current)
            return
        else if string match -q -- '-*' $word
            test -n (__mp_values "$at" $word | string collect -a)
            and set flag $word
        else if contains -- $word $commands
            set at (string trim "$at $word")
            set commands (__mp_lines "$at" command | string split -f 1 \\t)
        else if test "$word" != help
            set count (math $count + 1)
        end
    end
    set -l arguments (__mp_lines "$at" argument)
    if test -n "$flag"
        __mp_offer (__mp_values "$at" $flag)
    else if string match -q -- '--*=*' $current
        set -l name (string split -m 1 -f 1 = -- $current)
        __mp_offer (__mp_values "$at" $name) | string replace -r '^' -- "$name="
    else if string match -q -- '-*' $current
        __mp_lines "$at" flag
    else if set -q commands[1]
        __mp_lines "$at" command
    else if test "$arguments[$count]" = command
        echo --
    else
        __mp_offer $arguments[$count]
    end
end

complete -c mp -f -a '(__mp_complete)'
`

const nodeCase = (node: CompletionNode): string => {
  const flags = node.flags.flatMap(({ description, names }) => names.map((word) => ({ word, description })))
  const lines = [
    ...node.commands.map((command) => line("command", command)),
    ...flags.map((flag) => line("flag", flag)),
    ...node.arguments.map((values) => `printf '%s\\t%s\\n' argument ${literal(valuesText(values))}`)
  ]
  return [`        case ${literal(node.path)}`, ...lines.map((text) => `            ${text}`)].join("\n")
}

const line = (kind: string, { description, word }: Described): string =>
  `printf '%s\\t%s\\t%s\\n' ${kind} ${literal(word)} ${literal(description)}`

const valueCases = ({ flags, path }: CompletionNode): ReadonlyArray<string> =>
  flags.flatMap(({ names, values }) =>
    values === null
      ? []
      : [
          `        case ${names.map((name) => literal(`${path} ${name}`)).join(" ")}`,
          `            echo ${literal(valuesText(values))}`
        ]
  )

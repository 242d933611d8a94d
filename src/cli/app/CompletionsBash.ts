/** The completion of bash, from version 3.2 on. */
import { type CompletionNode, literal, valuesText } from "./complete.ts"

/** Renders the script. */
export const renderBash = (nodes: ReadonlyArray<CompletionNode>): string => `# mp completions for bash. To load them:
#   source <(mp completions bash)
# or for good:
#   mp completions bash > ~/.local/share/bash-completion/completions/mp

_mp_node() {
  commands= flags= arguments=()
  case $1 in
${nodes.map(nodeCase).join("\n")}
  esac
}

# What the value of a flag ($2) of a command ($1) can be; nothing for a switch.
_mp_values() {
  values=
  case "$1 $2" in
${nodes.flatMap(valueCases).join("\n")}
  esac
}

# Offers the lines of stdin, quoted as the word at hand is.
_mp_quoted() {
  local candidate quoted
  while IFS= read -r candidate; do
    case $cur in
      [\\"\\']*) [[ $candidate == "\${cur:1}"* ]] && COMPREPLY+=("$candidate") ;;
      *)
        printf -v quoted %q "$candidate"
        [[ $quoted == "$cur"* || $candidate == "$cur"* ]] && COMPREPLY+=("$quoted")
        ;;
    esac
  done
}

_mp_words() {
  local word
  for word in $1; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}

_mp_live() {
  command mp "$1" list --format plain --no-input --quiet 2>/dev/null </dev/null | cut -f 1
}

_mp_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$cur")
}

# The program behind '--', then its own completion where there is one.
_mp_command() {
  if ((COMP_CWORD == first)); then
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -c -- "$cur" | sort -u)
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$first"
  else
    _mp_files
  fi
}

_mp_offer() {
  case $1 in
    words:*) _mp_words "\${1#words:}" ;;
    accounts) _mp_quoted < <(_mp_live account) ;;
    targets) _mp_quoted < <(_mp_live target) ;;
    variables) _mp_words "$(compgen -e)" ;;
    files) _mp_files ;;
  esac
}

_mp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at= count=0 flag= first=0 i word values commands flags arguments
  COMPREPLY=()
  _mp_node "$at"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $flag ]]; then
      [[ $word == = ]] || flag=
    elif [[ $word == -- ]]; then
      first=$((i + 1))
      break
    elif [[ $word == -* ]]; then
      _mp_values "$at" "$word"
      [[ $values ]] && flag=$word
    elif [[ " $commands " == *" $word "* ]]; then
      at="\${at:+$at }$word"
      _mp_node "$at"
    elif [[ $word != help ]]; then
      count=$((count + 1))
    fi
  done
  if ((first)); then
    [[ \${arguments[0]} == command ]] && _mp_command
  elif [[ $flag ]]; then
    [[ $cur == = ]] && cur=
    _mp_values "$at" "$flag"
    _mp_offer "$values"
  elif [[ $cur == -* ]]; then
    _mp_words "$flags"
  elif [[ $commands ]]; then
    _mp_words "$commands"
  elif [[ \${arguments[count]} == command ]]; then
    _mp_words --
  else
    _mp_offer "\${arguments[count]}"
  fi
}

complete -F _mp mp
`

const nodeCase = (node: CompletionNode): string => {
  const commands = node.commands.map(({ word }) => word).join(" ")
  const flags = node.flags.flatMap(({ names }) => names).join(" ")
  const args = node.arguments.map((values) => literal(valuesText(values))).join(" ")
  return `    ${literal(node.path)}) commands=${literal(commands)} flags=${literal(flags)} arguments=(${args}) ;;`
}

const valueCases = ({ flags, path }: CompletionNode): ReadonlyArray<string> =>
  flags.flatMap(({ names, values }) =>
    values === null
      ? []
      : [`    ${names.map((name) => literal(`${path} ${name}`)).join("|")}) values=${literal(valuesText(values))} ;;`]
  )

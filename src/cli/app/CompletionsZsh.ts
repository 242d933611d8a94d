/** The completion of zsh. */
import { type CompletionNode, type Described, literal, valuesText } from "./complete.ts"

/** Renders the script: to be sourced, or to be put into a directory of `fpath` as `_mp`. */
export const renderZsh = (nodes: ReadonlyArray<CompletionNode>): string => `#compdef mp
# mp completions for zsh. To load them:
#   source <(mp completions zsh)
# or for good, into a directory of fpath:
#   mp completions zsh > "\${fpath[1]}/_mp"

_mp_node() {
  mp_commands=() mp_flags=() mp_arguments=()
  case $1 in
${nodes.map(nodeCase).join("\n")}
  esac
}

# What the value of a flag ($2) of a command ($1) can be; nothing for a switch.
_mp_values() {
  mp_values=
  case "$1 $2" in
${nodes.flatMap(valueCases).join("\n")}
  esac
}

_mp_live() {
  local -a names
  names=(\${(f)"$(command mp $1 list --format plain --no-input --quiet 2>/dev/null </dev/null | cut -f 1)"})
  (( $#names )) && compadd "\${@:2}" -a names
}

_mp_offer() {
  case $1 in
    words:*) compadd -- \${=1#words:} ;;
    accounts) _mp_live account -J accounts ;;
    targets) _mp_live target -J targets ;;
    variables) compadd -- \${(k)parameters[(R)*export*]} ;;
    files) _files ;;
  esac
}

_mp() {
  local mp_at= mp_flag= mp_values= mp_word=
  local -i mp_count=0 mp_i
  local -a mp_commands mp_flags mp_arguments
  _mp_node "$mp_at"
  for ((mp_i = 2; mp_i < CURRENT; mp_i++)); do
    mp_word=\${(Q)words[mp_i]}
    if [[ -n $mp_flag ]]; then
      mp_flag=
    elif [[ $mp_word == -- ]]; then
      if [[ \${mp_arguments[1]} == command ]]; then
        shift $mp_i words
        (( CURRENT -= mp_i ))
        _normal
      fi
      return
    elif [[ $mp_word == -* ]]; then
      _mp_values "$mp_at" "$mp_word"
      [[ -n $mp_values ]] && mp_flag=$mp_word
    elif (( \${mp_commands[(I)$mp_word:*]} )); then
      mp_at="\${mp_at:+$mp_at }$mp_word"
      _mp_node "$mp_at"
    elif [[ $mp_word != help ]]; then
      (( ++mp_count ))
    fi
  done
  if [[ -n $mp_flag ]]; then
    _mp_values "$mp_at" "$mp_flag"
    _mp_offer "$mp_values"
  elif [[ $PREFIX == --*=* ]]; then
    _mp_values "$mp_at" "\${PREFIX%%=*}"
    compset -P '*='
    _mp_offer "$mp_values"
  elif [[ $PREFIX == -* ]]; then
    _describe -o flag mp_flags
  elif (( $#mp_commands )); then
    _describe command mp_commands
  elif [[ \${mp_arguments[mp_count + 1]} == command ]]; then
    compadd -- --
  else
    _mp_offer "\${mp_arguments[mp_count + 1]}"
  fi
}

if [[ \${funcstack[1]} == _mp ]]; then
  _mp "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
  compdef _mp mp
fi
`

const nodeCase = (node: CompletionNode): string => {
  const flags = node.flags.flatMap(({ description, names }) => names.map((word) => ({ word, description })))
  const args = node.arguments.map((values) => literal(valuesText(values))).join(" ")
  return [
    `    ${literal(node.path)})`,
    `      mp_commands=(${node.commands.map(item).join(" ")})`,
    `      mp_flags=(${flags.map(item).join(" ")})`,
    `      mp_arguments=(${args})`,
    "      ;;"
  ].join("\n")
}

const item = ({ description, word }: Described): string => literal(`${word}:${description}`)

const valueCases = ({ flags, path }: CompletionNode): ReadonlyArray<string> =>
  flags.flatMap(({ names, values }) =>
    values === null
      ? []
      : [
          `    ${names.map((name) => literal(`${path} ${name}`)).join("|")}) mp_values=${literal(valuesText(values))} ;;`
        ]
  )

/** The scripts by which shells ask `mp __complete` what can be typed; what the answer means is in `app/complete.ts`. */

/** From bash 3.2 on. */
const bash = `# mp completions for bash. To load them: source <(mp completions bash)
# or for good: mp completions bash > ~/.local/share/bash-completion/completions/mp
_mp_add() { while IFS= read -r word; do COMPREPLY+=("$word"); done; }
_mp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} kind first word quoted _
  COMPREPLY=()
  {
    read -r kind first
    [[ $cur == = ]] && cur=
    case $kind in
      command)
        if ((COMP_CWORD == first)); then _mp_add < <(compgen -c -- "$cur" | sort -u)
        elif declare -F _command_offset >/dev/null; then _command_offset "$first"
        else compopt -o filenames 2>/dev/null; _mp_add < <(compgen -f -- "$cur"); fi ;;
      files) compopt -o filenames 2>/dev/null; _mp_add < <(compgen -f -- "$cur") ;;
      variables) _mp_add < <(compgen -e -- "$cur") ;;
      words)
        while IFS=$'\\t' read -r word _; do
          printf -v quoted %q "$word"
          case $cur in
            [\\"\\']*) [[ $word == "\${cur:1}"* ]] && COMPREPLY+=("$word") ;;
            *) [[ $quoted == "$cur"* || $word == "$cur"* ]] && COMPREPLY+=("$quoted") ;;
          esac
        done ;;
    esac
  } < <(command mp __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null)
}
complete -F _mp mp
`

/** To be sourced, or to be put into a directory of `fpath` as `_mp`. */
const zsh = `#compdef mp
# mp completions for zsh. To load them: source <(mp completions zsh)
# or for good, into a directory of fpath: mp completions zsh > "\${fpath[1]}/_mp"
_mp() {
  local -a lines offers
  local -i first
  lines=("\${(@f)$(command mp __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
  case $lines[1] in
    command\\ *) first=\${lines[1]#command }; shift $first words; (( CURRENT -= first )); _normal ;;
    files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files ;;
    variables) compadd -- \${(k)parameters[(R)*export*]} ;;
    words)
      offers=("\${(@)\${(@)\${(@)lines[2,-1]//\\\\/\\\\\\\\}//:/\\\\:}/$'\\t'/:}")
      (( $#lines > 1 )) && _describe -t words word offers ;;
  esac
}
if [[ \${funcstack[1]} == _mp ]]; then
  _mp "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
  compdef _mp mp
fi
`

const fish = `# mp completions for fish. To load them: mp completions fish | source
# or for good: mp completions fish > ~/.config/fish/completions/mp.fish
function __mp_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc) "$current"
    set -l lines (command mp __complete -- $words[2..-1] 2>/dev/null </dev/null)
    switch "$lines[1]"
        case 'command *'
            set -l rest $words[(math (string replace 'command ' '' -- $lines[1]) + 1)..-1]
            set -e rest[-1]
            complete -C (string join ' ' -- (string escape -- $rest) $current)
        case files
            __fish_complete_path "$current"
        case variables
            set --names --export
        case words
            set -q lines[2] && printf '%s\\n' $lines[2..-1]
    end
end
complete -c mp -f -a '(__mp_complete)'
`

export const scripts = { bash, zsh, fish }

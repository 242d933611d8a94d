# zsh -f drive.zsh SCRIPT OUT LINE…: types each line and Tab into a real zsh, and notes in OUT what the line
# then says. All matches are inserted, so that they can be seen.
zmodload zsh/zpty
script=$1 out=$2
shift 2
: >$out
zpty shell zsh -f -i
send() { zpty -w shell "$1" }
send "PS1= PROMPT_EOL_MARK=; autoload -Uz compinit && compinit -D -u; source ${(q)script}; setopt no_auto_list no_beep; LISTMAX=10000"
send "zstyle ':completion:*' completer _all_matches _complete; zstyle ':completion:*' insert true"
send "note() { print -r -- \"\$BUFFER\" >>${(q)out}; BUFFER= }; zle -N note; bindkey '^G' note; bindkey '^I' complete-word"
send 'print rea""dy'
zpty -r -m shell seen '*ready*'
integer done=0
for line in "$@"; do
  zpty -w -n shell "$line"$'\t\a'
  ((++done))
  repeat 400; do
    (($(wc -l <$out) >= done)) && break
    sleep 0.025
    zpty -r -t shell seen
  done
done
zpty -d shell

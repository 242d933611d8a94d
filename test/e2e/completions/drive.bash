# bash drive.bash SCRIPT LINE…: what Tab offers after each line, one line of output for each: candidates by "|".
# A word ends at a blank, as readline cuts them; a line that ends in a blank completes an empty word.
source "$1"
shift
for line in "$@"; do
  read -ra COMP_WORDS <<<"$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  "$(complete -p mp | sed 's/.*-F \([^ ]*\).*/\1/')" mp
  (IFS='|' && printf '%s\n' "${COMPREPLY[*]}")
done

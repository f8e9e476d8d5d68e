import type {Shell} from './shell.js'
import {quoteFor, readBashLine} from './bash-words.js'

// Readline completes only what follows its last word break, and takes candidates as they are: cutting and quoting is done here,
// where the whole line is known. Bash before 4.4 has neither nosort nor, in 3.2, compopt.
const script = `# Completion of crabbox for bash. In ~/.bashrc: eval "$(crabbox completion bash)"
_crabbox() {
  local program=crabbox kind= kept= candidate
  type -P -- "$1" >/dev/null && program=$1
  COMPREPLY=()
  {
    IFS= read -r kind
    IFS= read -r kept
    while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done
  } < <(command "$program" __complete bash "\${COMP_LINE:0:COMP_POINT}" "\${COMP_LINE:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  case $kind in
    files) compopt -o bashdefault -o default 2>/dev/null ;;
    directories) compopt -o dirnames 2>/dev/null ;;
  esac
}
complete -o nosort -F _crabbox crabbox 2>/dev/null || complete -F _crabbox crabbox
`

export const bash: Shell = {
  script,
  read: ([before = '', after = '', breaks = '']) => {
    const {line, word, redirected} = readBashLine(before, after, breaks)
    return {
      line,
      tell: answer => {
        if (redirected) return ['files', '']
        // Readline would replace what is kept along with the file's name.
        if (answer.kind !== 'values') return [word.stem.length < answer.kept.length ? 'values' : answer.kind, '']
        const matching = answer.candidates
          .map(({value}) => answer.kept + value)
          .filter(value => value.startsWith(word.value))
        return ['values', '', ...matching.map(value => quoteFor(word.quote, value.slice(word.stem.length)))]
      },
    }
  },
}

import {lineAt, type Shell} from './shell.js'

const script = `#compdef crabbox
# Completion of crabbox for zsh. In ~/.zshrc: eval "$(crabbox completion zsh)"
_crabbox() {
  local program=crabbox kind kept
  local -a told candidates
  whence -p -- "$words[1]" >/dev/null && program=$words[1]
  told=("\${(@f)$(command $program __complete zsh $((CURRENT - 1)) -- "\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}" "\${(@Q)words[CURRENT+1,-1]}" 2>/dev/null)}")
  kind=$told[1] kept=$told[2]
  candidates=("\${(@)told[3,-1]}")
  [[ -n $kept ]] && compset -P "\${(b)kept}"
  case $kind in
    files) _files ;;
    directories) _path_files -/ ;;
    values) (( $#candidates )) && _describe -V crabbox candidates ;;
    *) return 1 ;;
  esac
}
if [[ $funcstack[1] == _crabbox ]]; then
  _crabbox "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef _crabbox crabbox
fi
`

/** `_describe` takes what follows a colon for the description. */
const escaped = (text: string): string => text.replaceAll(/[\\:]/g, '\\$&')

export const zsh: Shell = {
  script,
  read: args => ({
    line: lineAt(args),
    // What does not match is left out by the shell, in the way that the user has chosen.
    tell: answer =>
      answer.kind === 'values'
        ? [
            'values',
            answer.kept,
            ...answer.candidates.map(
              ({value, description}) => escaped(value) + (description === '' ? '' : `:${escaped(description)}`),
            ),
          ]
        : [answer.kind, answer.kept],
  }),
}

import {lineAt, type Shell} from './shell.js'

const script = `# Completion of crabbox for fish. In ~/.config/fish/config.fish: crabbox completion fish | source
function __crabbox_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l program crabbox
    type -fq -- $before[1]; and set program $before[1]
    set -l told (command $program __complete fish (count $before) -- $before "$current" 2>/dev/null)
    set -l kept "$told[2]"
    switch "$told[1]"
        case files
            for path in (__fish_complete_path (string sub -s (math 1 + (string length -- "$kept")) -- "$current"))
                printf '%s\\n' "$kept$path"
            end
        case directories
            __fish_complete_directories "$current" ''
        case values
            test (count $told) -gt 2; and printf '%s\\n' $told[3..-1]
    end
end
complete -c crabbox -f -k -a '(__crabbox_complete)'
`

export const fish: Shell = {
  script,
  read: args => ({
    line: lineAt(args),
    // What does not match is left out by the shell, which also finds what stands within a word.
    tell: answer =>
      answer.kind === 'values'
        ? ['values', '', ...answer.candidates.map(({value, description}) => `${answer.kept}${value}\t${description}`)]
        : [answer.kind, answer.kept],
  }),
}

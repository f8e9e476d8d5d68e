import type {CommandSpec} from '../../core/transport.js'
import {commandLine} from './quote.js'

// A login shell runs the user's profile, which may print and may take its time. The mark tells where our own output begins, and
// the process id beside it is what signals are sent to. What to do comes on standard input: a shell can be made ready ahead of
// its command, no profile can touch an argument, and other users of the host, who can see all arguments, see no variable.
// Where `sh` is bash, `cd` may be a function that a profile has exported, and prints.
// `read` takes single bytes from a pipe, so that nothing of the command's own input is lost.
const BOOT = `printf '\\n%s %s\\n' "$1" "$$"
printf '\\n%s\\n' "$1" >&2
shift
crabbox_read() {
  IFS= read -r crabbox_value || exit 125
  case $crabbox_value in *\\\\*)
    crabbox_value=$(printf '%b.' "$crabbox_value")
    crabbox_value=\${crabbox_value%.} ;;
  esac
}
crabbox_read; crabbox_count=$crabbox_value
while [ "$crabbox_count" -gt 0 ]; do
  crabbox_read; crabbox_name=$crabbox_value
  crabbox_read; export "$crabbox_name=$crabbox_value"
  crabbox_count=$((crabbox_count - 1))
done
crabbox_read
if [ -n "$crabbox_value" ]; then command cd -- "$crabbox_value" 2>/dev/null || exit 125; fi
crabbox_read; crabbox_count=$crabbox_value
while [ "$crabbox_count" -gt 0 ]; do
  crabbox_read; set -- "$@" "$crabbox_value"
  crabbox_count=$((crabbox_count - 1))
done
unset crabbox_count crabbox_name crabbox_value
unset -f crabbox_read
exec "$@"`

/** What the login shell is given: a program that waits for a command. */
export const bootLine = (mark: string): string => commandLine(['exec', 'sh', '-c', BOOT, 'crabbox', mark])

/** A command as that program reads it: one line for each word. */
export function instructions({argv, cwd, env = {}}: CommandSpec): Buffer {
  const variables = Object.entries(env)
  const words = [String(variables.length), ...variables.flat(), cwd ?? '', String(argv.length), ...argv]
  return Buffer.from(words.map(word => `${escaped(word)}\n`).join(''))
}

/** The same for a terminal, where whatever is printed is what the user wants to see. */
export const terminalLine = ({argv, cwd}: CommandSpec): string =>
  commandLine([
    'exec',
    'sh',
    '-c',
    'command cd -- "$1" 2>/dev/null || exit 125; shift; exec "$@"',
    'crabbox',
    cwd ?? '.',
    ...argv,
  ])

const escaped = (value: string): string => value.replaceAll('\\', '\\0134').replaceAll('\n', '\\0012')

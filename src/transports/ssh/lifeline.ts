import type {ClientChannel} from 'ssh2'

import {endingOf} from './ending.js'
import {commandLine} from './quote.js'

/**
 * A small program on the host that signals commands for us, and ends those that still run when the connection goes. Servers
 * do neither by themselves: most ignore the protocol's signals, and a command without a terminal outlives its connection.
 */
export interface Lifeline {
  /** A command has started; its process id is that of its process group, where the server made one. */
  readonly watch: (pid: string) => void
  /** It has ended: whatever it left running stays. */
  readonly forget: (pid: string) => void
  /** False when the program cannot be reached. */
  readonly kill: (signal: NodeJS.Signals, pid: string) => boolean
  /** Whether it has its channel. */
  readonly isOpen: () => boolean
  /** Gives up its channel, for others that have none. */
  readonly giveUp: () => void
}

const SCRIPT = `trap '' HUP INT TERM
crabbox_signal() { kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2" 2>/dev/null; }
watched=
while read -r verb pid signal; do
  case $verb in
    watch) watched="$watched $pid" ;;
    forget) rest=
      for other in $watched; do [ "$other" = "$pid" ] || rest="$rest $other"; done
      watched=$rest ;;
    kill) crabbox_signal "$signal" "$pid" ;;
    bye) exit 0 ;;
  esac
done
[ -n "$watched" ] || exit 0
for pid in $watched; do crabbox_signal TERM "$pid"; done
sleep 5
for pid in $watched; do crabbox_signal KILL "$pid"; done`

/**
 * The lifeline of one connection, which opens its channel when it is first needed.
 * @param exec opens a channel; where the server bears no second one, there is no lifeline
 */
export function lifeline(exec: (line: string) => Promise<ClientChannel>): Lifeline {
  let channel: ClientChannel | null = null
  let opening: Promise<void> | null = null
  let dead = false
  let waiting = ''
  const say = (words: string): void => {
    if (dead) return
    if (channel === null) waiting += `${words}\n`
    else channel.write(`${words}\n`)
    opening ??= exec(commandLine(['exec', 'sh', '-c', SCRIPT, 'crabbox'])).then(
      opened => {
        opened.on('error', () => undefined)
        void endingOf(opened).then(() => (dead = true))
        opened.resume()
        opened.stderr.resume()
        channel = opened
        if (dead) opened.end('bye\n')
        else opened.write(waiting)
      },
      () => void (dead = true),
    )
  }

  return {
    watch: pid => say(`watch ${pid}`),
    forget: pid => {
      if (opening !== null) say(`forget ${pid}`)
    },
    kill: (signal, pid) => {
      say(`kill ${pid} ${signal.replace(/^SIG/, '')}`)
      return !dead
    },
    isOpen: () => channel !== null && !dead,
    giveUp: () => {
      if (!dead) channel?.end('bye\n')
      dead = true
    },
  }
}

import type {Lifeline} from './lifeline.js'
import type {Shell} from './shells.js'

/** A command on the host, seen from here. */
export interface RemoteProcess {
  readonly started: (shell: Shell) => void
  readonly ended: () => void
  /** Signals it and all that it started. Before it has started, the signal waits. */
  readonly kill: (signal: NodeJS.Signals) => void
}

/**
 * Milliseconds until a command is entrusted to the lifeline. Most end before; whatever reads its input or writes ends by itself
 * when the connection goes.
 */
const SHORT = 100

export function remoteProcess(lifeline: Lifeline): RemoteProcess {
  let shell: Shell | null = null
  let over = false
  let timer: NodeJS.Timeout | undefined
  const waiting: NodeJS.Signals[] = []
  const kill = (signal: NodeJS.Signals): void => {
    if (over) return
    if (shell === null) waiting.push(signal)
    else if (!lifeline.kill(signal, shell.pid)) shell.channel.signal(signal.replace(/^SIG/, ''))
  }

  return {
    started: started => {
      shell = started
      timer = setTimeout(() => lifeline.watch(started.pid), SHORT).unref()
      for (const signal of waiting.splice(0)) kill(signal)
    },
    ended: () => {
      clearTimeout(timer)
      if (shell !== null && !over) lifeline.forget(shell.pid)
      over = true
    },
    kill,
  }
}

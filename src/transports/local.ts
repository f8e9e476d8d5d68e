import {spawn} from 'node:child_process'
import {PassThrough, type Readable} from 'node:stream'

import {providerError} from '../core/errors.js'
import type {CommandSpec, Exit, Running, Transport} from '../core/transport.js'

/** How long a command may take to end after TERM before it is killed, in milliseconds. */
const GRACE = 5000

const outputs = new WeakSet<Readable>()

/** Whether a stream is what Node reads from a program here: then each piece of it has memory of its own. */
export const isProgramOutput = (stream: Readable): boolean => outputs.has(stream)

/** Runs commands on this machine, each in a process group of its own so that all it starts can be ended with it. */
export const localTransport = (): Transport => ({colocated: true, spawn: start, close: async () => undefined})

function start(command: CommandSpec, signal: AbortSignal): Running {
  const [program, ...args] = command.argv
  const inherit = command.stdio === 'inherit'
  const child = spawn(program, args, {
    ...(command.cwd === undefined ? {} : {cwd: command.cwd}),
    env: {...process.env, ...command.env},
    stdio: inherit ? 'inherit' : 'pipe',
    // An interactive command stays in the terminal's foreground group: in one of its own it could not read from it.
    detached: !inherit,
  })
  const kill = (name: NodeJS.Signals): void => {
    if (child.pid === undefined) return
    try {
      process.kill(inherit ? child.pid : -child.pid, name)
    } catch {
      // It has ended already.
    }
  }

  const exit = new Promise<Exit>((resolve, reject) => {
    const onAbort = (): void => {
      kill('SIGTERM')
      setTimeout(kill, GRACE, 'SIGKILL').unref()
    }

    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, {once: true})
    child.once('error', error => {
      signal.removeEventListener('abort', onAbort)
      reject(providerError('COMMAND_NOT_STARTED', `cannot start ${program}: ${error.message}`, undefined, error))
    })
    child.once('close', (code, name) => {
      signal.removeEventListener('abort', onAbort)
      resolve(name === null ? {code: code ?? 0, signal: null} : {code: null, signal: name})
    })
  })
  // Whoever waits for the exit sees the failure; whoever does not must not crash the process.
  exit.catch(() => undefined)
  if (child.stdout !== null) outputs.add(child.stdout)
  const stdin = child.stdin ?? new PassThrough()
  // A command may end before it has read all its input; its exit code tells more than the broken pipe.
  stdin.on('error', () => undefined)
  return {stdin, stdout: child.stdout ?? ended(), stderr: child.stderr ?? ended(), exit, kill}
}

function ended(): PassThrough {
  const stream = new PassThrough()
  stream.end()
  return stream
}

import {PassThrough} from 'node:stream'

import type {PseudoTtyOptions} from 'ssh2'

import type {CommandSpec, Exit, Running} from '../../core/transport.js'
import {settled} from './channel.js'
import type {Connection} from './connection.js'
import {terminalLine} from './boot.js'

/** Runs a command on the user's own terminal: every key reaches it, Ctrl-C too, and it learns when the window changes. */
export function startInTerminal(connection: Connection, command: CommandSpec): Running {
  let hangUp = (): void => undefined
  const run = async (): Promise<Exit> => {
    const {stdin, stdout, stderr} = process
    const terminal = stdin.isTTY && stdout.isTTY
    const channel = await connection.exec(terminalLine(command), terminal ? windowSize() : undefined)
    hangUp = () => channel.close()
    const resize = (): void => {
      const {rows, cols} = windowSize()
      channel.setWindow(rows ?? 24, cols ?? 80, 0, 0)
    }

    if (terminal) stdin.setRawMode(true)
    stdout.on('resize', resize)
    stdin.pipe(channel)
    channel.pipe(stdout, {end: false})
    channel.stderr.pipe(stderr, {end: false})
    try {
      return await settled(connection, channel)
    } finally {
      stdin.unpipe(channel)
      stdin.pause()
      stdout.off('resize', resize)
      if (terminal) stdin.setRawMode(false)
    }
  }

  const exit = run()
  exit.catch(() => undefined)
  const none = new PassThrough()
  none.end()
  // A terminal that is gone sends the hang-up to all that runs on it.
  return {stdin: new PassThrough(), stdout: none, stderr: none, exit, kill: () => hangUp()}
}

const windowSize = (): PseudoTtyOptions => ({
  rows: process.stdout.rows,
  cols: process.stdout.columns,
  term: process.env['TERM'] ?? 'xterm',
})

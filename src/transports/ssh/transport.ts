import type {Transport} from '../../core/transport.js'
import {startCommand} from './channel.js'
import type {Lent} from './shared.js'
import {startInTerminal} from './terminal.js'

/** Runs commands on the host of a connection. Closing it gives the connection back. */
export const sshTransport = ({connection, giveBack}: Lent): Transport => ({
  colocated: false,
  distant: connection.distant,
  spawn: (command, signal) =>
    command.stdio === 'inherit' ? startInTerminal(connection, command) : startCommand(connection, command, signal),
  close: async () => giveBack(),
})

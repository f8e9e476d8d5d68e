import {rmSync} from 'node:fs'
import {join} from 'node:path'

import type {Transport} from '../../src/core/transport.js'
import {parseHostAddress} from '../../src/transports/ssh/address.js'
import {openSsh, type OpenOptions} from '../../src/transports/ssh/open.js'
import {sshTransport} from '../../src/transports/ssh/transport.js'
import type {SshHome} from './ssh-home.js'

/** A connection of its own to a test's server, whose key is new. */
export async function connectTo(lab: SshHome, more: Pick<OpenOptions, 'silent'> = {}): Promise<Transport> {
  const {signal} = new AbortController()
  const options = {pinned: null, acceptNew: true, knownHostsFile: join(lab.home, 'hosts'), ask: null, signal, ...more}
  rmSync(join(lab.home, 'hosts'), {force: true})
  const opened = await openSsh(parseHostAddress(lab.host), options)
  return sshTransport({...opened, giveBack: opened.connection.close})
}

import {rmSync} from 'node:fs'
import {join} from 'node:path'

import type {Transport} from '../../../src/core/transport.js'
import {openSsh} from '../../../src/transports/ssh/open.js'
import {sshTransport} from '../../../src/transports/ssh/transport.js'
import {makeClient} from './ssh-client.js'
import {startSshd} from './sshd.js'
import {userlandBin} from './userland.js'

/** What stands between a lease of this machine and its files: a real OpenSSH server, and the programs of another userland. */
export interface SshUserland {
  readonly over: (transport: Transport) => Transport
  readonly close: () => Promise<void>
}

export async function sshUserland(tar: 'busybox' | 'bsdtar'): Promise<SshUserland> {
  const bin = userlandBin(tar)
  const sshd = await startSshd({path: bin})
  const client = makeClient(sshd)
  const before = process.env['HOME']
  process.env['HOME'] = client.home
  const opened = await openSsh(
    {user: 'root', host: '127.0.0.1', port: sshd.port},
    {
      pinned: sshd.hostKey,
      acceptNew: false,
      knownHostsFile: join(client.dir, 'hosts'),
      ask: null,
      signal: new AbortController().signal,
    },
  )
  const transport = sshTransport({...opened, giveBack: () => undefined})
  return {
    over: () => transport,
    close: async () => {
      opened.connection.close()
      if (before !== undefined) process.env['HOME'] = before
      client.close()
      await sshd.stop()
      rmSync(bin, {recursive: true, force: true})
    },
  }
}

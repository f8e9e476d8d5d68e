import assert from 'node:assert/strict'
import {join} from 'node:path'

import {silentProgress} from '../../../src/core/progress.js'
import type {Tier} from '../../../src/core/tier.js'
import {ssh} from '../../../src/providers/ssh/index.js'
import {prepareStateDir} from '../../../src/state/paths.js'
import {describeConformance} from '../../../src/testing/describe.js'
import {hostLeftovers} from './host-leftovers.js'
import {ALIAS, makeClient, type SshClient} from './ssh-client.js'
import type {Sshd} from './sshd.js'

/**
 * The conformance suite for the ssh provider with one kind of host, which must have nothing of it left in the end.
 * @param tiers those that such a host can have
 */
export function describeSshHost(
  title: string,
  start: () => Promise<Sshd & {readonly user?: string}>,
  tiers: readonly Tier[] = ['recipe', 'workspace-archive'],
): void {
  describe(title, () => {
    let sshd: Sshd
    let client: SshClient
    const mine = {HOME: process.env['HOME'], SSH_AUTH_SOCK: process.env['SSH_AUTH_SOCK']}
    const context = {
      get stateDir() {
        return join(client.dir, 'state')
      },
      progress: silentProgress,
      signal: new AbortController().signal,
    }
    let host = ALIAS
    before(async () => {
      const server = await start()
      sshd = server
      client = makeClient(sshd)
      if (server.user !== undefined) host = `${server.user}@${ALIAS}`
      process.env['HOME'] = client.home
      delete process.env['SSH_AUTH_SOCK']
      await prepareStateDir(context.stateDir)
    })
    after(async () => {
      for (const [name, value] of Object.entries(mine)) {
        if (value === undefined) Reflect.deleteProperty(process.env, name)
        else process.env[name] = value
      }

      client.close()
      await sshd.stop()
    })

    const subject = {
      provider: ssh,
      context,
      tiers,
      get host() {
        return {name: host, acceptNewKey: false}
      },
    }
    describeConformance(() => subject, {describe, it})

    it('has left nothing on the host', () => assert.deepEqual(hostLeftovers(sshd.home, []), []))
  })
}

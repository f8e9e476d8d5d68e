import assert from 'node:assert/strict'
import {existsSync, mkdirSync} from 'node:fs'
import {join} from 'node:path'

import type {Context} from '../../src/core/context.js'
import {silentProgress} from '../../src/core/progress.js'
import {local} from '../../src/providers/local/index.js'
import {ssh} from '../../src/providers/ssh/index.js'
import {prepareStateDir} from '../../src/state/paths.js'
import type {ConformanceCase} from '../../src/testing/case.js'
import {setVariables} from '../support/environment.js'
import {canMount, mounted, type Mounted} from './support/block-sharing.js'
import {hostLeftovers} from './support/host-leftovers.js'
import {describeSideBySide} from './support/side-by-side.js'
import {ALIAS, makeClient, type SshClient} from './support/ssh-client.js'
import {startSshd, type Sshd} from './support/sshd.js'

/** Leases and the other tiers do not depend on the file system. */
const ofSnapshots = ({tier}: ConformanceCase): boolean => tier === 'provider-native'
const context = (dir: () => string): Context => ({
  get stateDir() {
    return join(dir(), 'state')
  },
  progress: silentProgress,
  signal: new AbortController().signal,
})

if (canMount()) {
  onXfs()
  onBtrfs()
} else {
  it('a host snapshot needs a file system that can be mounted', function () {
    this.skip()
  })
}

function onXfs(): void {
  describe('host snapshots of local leases on XFS', () => {
    let mount: Mounted | null = null
    const subject = {provider: local, context: context(() => mount?.dir ?? '')}
    before(async () => {
      mount = mounted('xfs')
      await prepareStateDir(subject.context.stateDir)
    })
    after(() => mount?.close())
    describeSideBySide(subject, 4, ofSnapshots)
    it('have left nothing', () => {
      assert.equal(existsSync(join(subject.context.stateDir, 'local', '.crabbox-snapshots')), false)
    })
  })
}

function onBtrfs(): void {
  describe('host snapshots of leases over SSH on Btrfs', () => {
    let mount: Mounted | null = null
    let sshd: Sshd
    let client: SshClient
    let putBack: () => void
    const dir = (): string => mount?.dir ?? ''
    const subject = {provider: ssh, context: context(dir), host: {name: ALIAS, acceptNewKey: false}}
    before(async () => {
      mount = mounted('btrfs')
      mkdirSync(join(dir(), 'home'))
      sshd = await startSshd({env: {HOME: join(dir(), 'home'), SHLVL: '2'}})
      client = makeClient(sshd)
      putBack = setVariables({HOME: client.home, SSH_AUTH_SOCK: undefined})
      await prepareStateDir(subject.context.stateDir)
    })
    after(async () => {
      putBack()
      client.close()
      await sshd.stop()
      mount?.close()
    })
    describeSideBySide(subject, 4, ofSnapshots)
    it('have left nothing on the host', () => assert.deepEqual(hostLeftovers(join(dir(), 'home'), []), []))
  })
}

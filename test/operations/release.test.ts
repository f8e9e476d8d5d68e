import assert from 'node:assert/strict'

import {CONTRACT} from '../../src/core/contract.js'
import {interruptedError, providerError} from '../../src/core/errors.js'
import {silentProgress} from '../../src/core/progress.js'
import {defineProvider} from '../../src/core/provider.js'
import type {Environment} from '../../src/operations/environment.js'
import {recover} from '../../src/operations/recover.js'
import {stopLease} from '../../src/operations/release.js'
import {createRegistry} from '../../src/providers/registry.js'
import {openLeases} from '../../src/state/leases.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {recipe} from '../../src/tiers/recipe.js'
import {leaseOf} from '../providers/aws/support/lease.js'
import {temporaryDirectory} from '../support/temporary.js'

const never = (): never => assert.fail('not called')

describe('a stop that is interrupted', () => {
  const stateDir = temporaryDirectory()
  const lease = leaseOf('slow')
  const warnings: string[] = []
  let releases: number

  beforeEach(async () => {
    warnings.length = 0
    releases = 0
    await prepareStateDir(stateDir())
    await openLeases(stateDir()).transact(rows => void rows.set(lease.id, lease))
  })

  let failure: Error
  beforeEach(() => (failure = interruptedError('stop')))

  /** With a provider whose first release fails. */
  const environment = (): Environment => {
    const registry = createRegistry()
    const release = async (): Promise<void> => {
      releases += 1
      if (releases === 1) throw failure
    }
    const leases = {acquire: never, connect: never, status: never, release}
    const provider = defineProvider({name: 'slow', summary: '', leases, tiers: {recipe: recipe()}})
    registry.register({name: 'slow', summary: '', contract: CONTRACT, load: async () => provider})
    const progress = {...silentProgress, warn: (text: string) => void warnings.push(text)}
    return {
      ...{registry, progress, stateDir: stateDir(), version: '0', cwd: '/'},
      signal: new AbortController().signal,
    }
  }

  it('says that a stop which has failed goes on with the next command', async () => {
    const here = environment()
    failure = providerError('HOST_COMMAND_FAILED', 'cannot remove it', 'Look at the host.')
    await assert.rejects(stopLease(lease, here), {
      code: 'HOST_COMMAND_FAILED',
      message: 'cannot remove it',
      hint: `Look at the host. What is left of ${lease.slug} goes with the next command that changes something and can remove it; crabbox stop --id ${lease.slug} --forget leaves it where it is.`,
    })
    await recover(here)
    assert.equal(releases, 2)
  })

  it('does not say that nothing was changed, and the next command says that it is done', async () => {
    const here = environment()
    await assert.rejects(stopLease(lease, here), {
      code: 'INTERRUPTED',
      kind: 'interrupted',
      message: new RegExp(`the stop of ${lease.slug} was interrupted when it had begun`),
      hint: /crabbox list/,
    })
    assert.equal((await openLeases(stateDir()).read()).rows.get(lease.id)?.state, 'releasing')
    await recover(here)
    assert.equal(releases, 2)
    assert.deepEqual(warnings, [`the stop of ${lease.slug} was interrupted; it is done now`])
    assert.equal((await openLeases(stateDir()).read()).rows.size, 0)
  })
})

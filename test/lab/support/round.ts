import assert from 'node:assert/strict'

import type {Checkpoint} from '../../../src/core/checkpoint.js'
import type {Lease} from '../../../src/core/lease.js'
import type {Lab} from './cli.js'
import {difference, sh} from './shell.js'

/**
 * Leases on a host, runs, saves, forks, damages and restores, and looks whether all is as it should be. Answers with the
 * leases, which are still there.
 */
export async function goRound(lab: Lab, host: string): Promise<readonly [Lease, Lease]> {
  const lease = await lab.json<Lease>('warmup', '--host', host)
  const script = 'mkdir -p a/b; echo one > a/b/one; echo two > "$(printf \'t\\nwo\')"; ln a/b/one linked; echo done'
  const ran = await lab.run('run', '--id', lease.slug, '--no-sync', '--shell', script)
  assert.deepEqual([ran.code, ran.stdout], [0, 'done\n'], ran.stderr)
  const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
  const {forks} = await lab.json<{forks: {lease: Lease}[]}>('checkpoint', 'fork', saved.id)
  const fork = forks[0]?.lease
  assert.ok(fork)
  assert.equal(difference(lease.workdir, fork.workdir), '')
  sh('cd "$1"; rm -r a; echo edited > linked', lease.workdir)
  await lab.json('checkpoint', 'restore', saved.id, '--id', lease.slug)
  assert.equal(difference(fork.workdir, lease.workdir), '')
  return [lease, fork]
}

/** Stops all leases of a lab. */
export async function stopAll(lab: Lab): Promise<void> {
  const {leases} = await lab.json<{leases: Lease[]}>('list')
  for (const {id} of leases) await lab.json('stop', '--id', id)
}

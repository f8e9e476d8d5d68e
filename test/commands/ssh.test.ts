import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {refuses} from '../support/refusals.js'

describe('ssh', () => {
  let lease: Lease
  const sandbox = useSandbox(async ({json}) => {
    lease = await json<Lease>(['warmup', '--slug', 'source'])
  })

  it('opens the user’s shell in the workdir, on these streams, and ends with its exit code', async () => {
    const options = {input: 'pwd; echo err >&2; exit 9\n', env: {SHELL: '/bin/sh'}}
    const {code, stdout, stderr} = await sandbox.run(['ssh', '--id', 'source'], options)
    assert.deepEqual({code, stdout, stderr}, {code: 9, stdout: `${lease.workdir}\n`, stderr: 'err\n'})
  })

  it('is refused where the workdir is gone', async () => {
    const {workdir} = await sandbox.json<Lease>(['warmup', '--slug', 'emptied'])
    rmSync(workdir, {recursive: true})
    const options = {exit: 4, code: 'WORKDIR_NOT_FOUND', says: /the workdir .* of lease emptied is gone/}
    await refuses(sandbox, ['ssh', '--id', 'emptied'], options)
    await refuses(sandbox, ['run', '--id', 'emptied', '--no-sync', '--', 'true'], options)
  })

  it('is refused without a lease', async () => {
    await refuses(sandbox, ['ssh', '--id', 'nobody'], {exit: 4, code: 'LEASE_NOT_FOUND'})
    await refuses(sandbox, ['ssh'], {exit: 2, code: 'USAGE', says: /id/})
  })
})

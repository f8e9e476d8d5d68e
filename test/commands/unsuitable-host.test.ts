import assert from 'node:assert/strict'
import {chmodSync, mkdirSync} from 'node:fs'
import {join} from 'node:path'

import {useSandbox} from '../support/cli.js'
import {assertRefusal, refuses} from '../support/refusals.js'

describe('a host whose tar nobody knows', () => {
  const sandbox = useSandbox(async ({json, dir, write}) => {
    await json(['warmup', '--slug', 'source'])
    mkdirSync(join(dir, 'bin'))
    write('tar', '#!/bin/sh\necho star 1.6\n', join(dir, 'bin'))
    chmodSync(join(dir, 'bin', 'tar'), 0o755)
  })
  const environment = (): {env: Record<string, string>} => ({
    env: {PATH: `${join(sandbox.dir, 'bin')}:${process.env['PATH'] ?? ''}`},
  })

  it('is refused by a create, with what is missing and what to do, and nothing is left', async () => {
    const create = ['checkpoint', 'create', '--id', 'source']
    const refusal = {exit: 5, code: 'HOST_TOOLS_UNSUPPORTED', says: /no GNU tar, bsdtar or busybox tar.*Install/s}
    const outcome = await sandbox.run(create, environment())
    assertRefusal(outcome, refusal)
    assert.deepEqual(await sandbox.json(['checkpoint', 'list']), {checkpoints: [], damaged: []})
    assert.deepEqual(
      Object.keys(await sandbox.stateNow()).filter(path => /chk_|\.part|scratch/.test(path)),
      [],
    )
  })

  it('is refused by a dry run, too', async () => {
    const refusal = {exit: 2, code: 'TIER_REFUSED', says: /saved as workspace-archive: .*no GNU tar/}
    await refuses(sandbox, ['checkpoint', 'create', '--id', 'source', '--dry-run'], refusal, environment())
  })
})

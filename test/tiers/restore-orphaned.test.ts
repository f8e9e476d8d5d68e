import assert from 'node:assert/strict'
import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as sleep} from 'node:timers/promises'

import {FETCH_ROOM, PUT_BACK} from '../../src/workspace/repair-scripts.js'
import {sidecarOf} from '../../src/workspace/sidecar.js'
import {FARM, PREPARE} from '../../src/workspace/staging-scripts.js'
import {SEAL, SWAP} from '../../src/workspace/swap-scripts.js'
import {archiveLab} from '../support/archive-lab.js'
import {meddleBefore} from '../support/meddle.js'
import {pictureOf} from '../support/tree.js'

// A host may hear late that a connection is gone.
describe('a restore while a script of an earlier one still waits for its input on the host', () => {
  const lab = archiveLab()
  // How far the restore comes before each hears that nothing more will come.
  const scripts = {
    PREPARE: {script: PREPARE, parameters: ['content', '', 'gone'], until: SEAL},
    FARM: {script: FARM, parameters: [null, '1', '0', '10', '', 'gone'], until: SEAL},
    'FARM that goes on': {script: FARM, parameters: [null, '1', '0', '10', 'an attempt', 'gone'], until: SEAL},
    PUT_BACK: {script: PUT_BACK, parameters: ['0', '10', 'gone'], until: SWAP},
  } as const

  for (const [name, {script, parameters, until}] of Object.entries(scripts)) {
    it(`is not disturbed when ${name} ends in the middle of it`, async () => {
      const {write, create, restore, workdir} = lab()
      for (const path of ['a/one', 'a/two', 'b/three', 'top']) await write(path, `first ${path}`)
      const {checkpoint} = await create()
      const wanted = await pictureOf(workdir)
      // With a tree that is kept for undo, the directory beside the workdir stays.
      await write('top', 'changed')
      await restore(checkpoint)
      await write('a/one', 'changed')
      await write('a/two', 'changed, too')
      const args = [sidecarOf(workdir), ...parameters.map(parameter => parameter ?? workdir)]
      if (script === PUT_BACK) execFileSync('sh', ['-c', FETCH_ROOM, 'crabbox', sidecarOf(workdir), 'gone'])
      const orphan = spawn('sh', ['-c', script, 'crabbox', ...args], {stdio: ['pipe', 'ignore', 'ignore']})
      await sleep(300)
      lab().wrap = transport =>
        meddleBefore(transport, until, async () => {
          orphan.stdin.end()
          if (orphan.exitCode === null) await once(orphan, 'exit')
        })
      await restore(checkpoint)
      assert.deepEqual(await pictureOf(workdir), wanted)
    })
  }

  it('is refused by the host where not all of its input comes', async () => {
    const {write, workdir} = lab()
    await write('top', 'content')
    const before = await pictureOf(workdir)
    const args = [sidecarOf(workdir), workdir, '1', '0', '10', '', 'gone']
    const script = spawn('sh', ['-c', FARM, 'crabbox', ...args], {stdio: ['ignore', 'ignore', 'ignore']})
    assert.deepEqual(await once(script, 'exit'), [1, null])
    assert.deepEqual(await pictureOf(workdir), before)
  })
})

import assert from 'node:assert/strict'

import type {RestorableTier} from '../../core/restore.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, HOSTILE, SAMPLE, write, writeOld} from '../content.js'
import {rejectionOf} from '../expect.js'
import type {RestoreLab} from '../tier-lab.js'
import {restoreInto, savedAndChanged, CHANGED, LATER} from './restored.js'

export const restoreCases = <T extends RestorableTier>(it: CaseMaker<RestoreLab<T>>): ConformanceCase[] => [
  it('makes the target equal to the checkpoint, and removes what is not in it', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    await restoreInto(lab, lease, checkpoint)
    await expectContent(lab, lease, SAMPLE, 'the target')
  }),
  it('does so a second time', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    await restoreInto(lab, lease, checkpoint)
    await write(lab, lease, {...LATER, empty: 'not any more'})
    await restoreInto(lab, lease, checkpoint)
    await expectContent(lab, lease, SAMPLE, 'the target')
  }),
  it('says what it changed, and nothing the second time', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    const first = await restoreInto(lab, lease, checkpoint)
    assert.ok(first.sent.includes('README.md'), `a changed file is not in ${JSON.stringify(first.sent)}`)
    assert.ok(first.removed.includes('only/here'), `a new file is not in ${JSON.stringify(first.removed)}`)
    const {sent, removed, sentBytes} = await restoreInto(lab, lease, checkpoint)
    assert.deepEqual({sent, removed, sentBytes}, {sent: [], removed: [], sentBytes: 0})
  }),
  it('changes nothing when it is a dry run, and says what it would change', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    const dry = await restoreInto(lab, lease, checkpoint, {dryRun: true})
    await expectContent(lab, lease, CHANGED, 'the target')
    assert.deepEqual(await restoreInto(lab, lease, checkpoint), dry)
  }),
  it('keeps hostile file names', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, HOSTILE)
    const checkpoint = await lab.create(lease)
    for (const path of ['-rf', 'new\nline', ' ']) await lab.workspace.remove(lease, path)
    await write(lab, lease, {'at the end\n': 'changed\n', '-n\n': 'new\n'})
    await restoreInto(lab, lease, checkpoint)
    await expectContent(lab, lease, HOSTILE, 'the target')
  }),
  it('serves another lease', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    const other = await lab.acquire()
    await write(lab, other, {stray: 'stray\n'})
    await restoreInto(lab, other, checkpoint)
    await expectContent(lab, other, SAMPLE, 'the target')
    await expectContent(lab, lease, CHANGED, 'the source')
  }),
  it('leaves the checkpoint as it was, whatever is changed afterwards', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    await restoreInto(lab, lease, checkpoint)
    await write(lab, lease, LATER)
    await expectContent(lab, await lab.fork(checkpoint), SAMPLE, 'a fork')
  }),
  it('can happen into two leases at once', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    const other = await lab.acquire()
    await Promise.all([restoreInto(lab, lease, checkpoint), restoreInto(lab, other, checkpoint)])
    await expectContent(lab, lease, SAMPLE, 'the one target')
    await expectContent(lab, other, SAMPLE, 'the other target')
  }),
  it('sees a change of which size and time say nothing', async lab => {
    const lease = await lab.acquire()
    await writeOld(lab, lease, 'a.txt', 'before')
    const checkpoint = await lab.create(lease)
    await writeOld(lab, lease, 'a.txt', 'later!')
    await restoreInto(lab, lease, checkpoint)
    await expectContent(lab, lease, {'a.txt': 'before'}, 'the target')
  }),
  it('fails for a lease that is gone', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    await lab.release(lease)
    await rejectionOf(restoreInto(lab, lease, checkpoint), 'a restore into a lease that is gone')
  }),
]

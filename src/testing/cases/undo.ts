import type {RestorableTier} from '../../core/restore.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, SAMPLE, write} from '../content.js'
import {expectCode} from '../expect.js'
import type {RestoreLab} from '../tier-lab.js'
import {CHANGED, restoreInto, savedAndChanged, undoIn} from './restored.js'

/** The way back from a restore. */
export const undoCases = <T extends RestorableTier>(it: CaseMaker<RestoreLab<T>>): ConformanceCase[] => [
  it('can be undone, and the undo too', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    await restoreInto(lab, lease, checkpoint)
    await undoIn(lab, lease)
    await expectContent(lab, lease, CHANGED, 'the target after undo')
    await undoIn(lab, lease)
    await expectContent(lab, lease, SAMPLE, 'the target after the second undo')
  }),
  it('can be undone when files were changed in place since', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    await restoreInto(lab, lease, checkpoint)
    await write(lab, lease, {'src/other.js': 'in place\n', 'README.md': 'again!\n'})
    await undoIn(lab, lease)
    await expectContent(lab, lease, CHANGED, 'the target after undo')
  }),
  it('has nothing to undo before it happened', async lab => {
    const lease = await lab.acquire()
    await expectCode(undoIn(lab, lease), 'NOTHING_TO_UNDO', 'undo without a restore')
  }),
]

import assert from 'node:assert/strict'
import {chmod, mkdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {mock} from 'node:test'

import {SWAP} from '../../src/workspace/swap-scripts.js'
import {archiveLab} from '../support/archive-lab.js'
import {meddleAfter} from '../support/meddle.js'

// A directory that belongs to somebody else keeps its mode, and so does one that nobody may change.
describe('the mode of a directory that a restore cannot set', () => {
  const lab = archiveLab()
  afterEach(() => mock.restoreAll())

  it('is told of, and is what the next checkpoint says', async () => {
    const {workdir, write, create, restore} = lab()
    await mkdir(join(workdir, 'dist'), {mode: 0o755})
    await chmod(join(workdir, 'dist'), 0o755)
    await write('dist/out', 'x')
    const {checkpoint} = await create()
    const other = (): Promise<void> => chmod(join(workdir, 'dist'), 0o775)
    await other()
    lab().wrap = transport => meddleAfter(transport, SWAP, other)
    const warn = mock.method(lab().context.progress, 'warn')
    await restore(checkpoint)
    assert.match(String(warn.mock.calls[0]?.arguments[0]), /the mode of dist could not be set/)
    lab().wrap = transport => transport
    const {changed} = await restore(checkpoint).then(({sent}) => ({changed: sent}))
    assert.deepEqual(changed, ['dist'])
    await other()
    const second = await create({parent: checkpoint})
    await chmod(join(workdir, 'dist'), 0o700)
    await restore(second.checkpoint)
    assert.equal((await stat(join(workdir, 'dist'))).mode & 0o777, 0o775)
    assert.deepEqual(await restore(second.checkpoint).then(({sent}) => sent), [])
  })
})

import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {after, describe, it} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'

import type {CheckpointId, Lease} from 'crabbox'

import {leases} from '../src/leases.js'
import {snapshots} from '../src/snapshots.js'
import {acquire, contextIn, create, fork, found, newCheckpointId, pictureOf, recordOf, sh} from './support/box.js'
import {openGround, skip} from './support/ground.js'

describe('a checkpoint that is killed', {skip}, () => {
  const ground = openGround()
  const context = contextIn(ground.path)
  after(ground.close)

  it('changes nothing after any change to a file, and leaves nothing', async () => {
    const source = await acquire(context)
    const ids = []
    for (let changes = 1, whole = false; !whole; changes += 1) {
      sh(source, `echo ${changes} > file; ln -f file "file-${changes}"`)
      const picture = pictureOf(source)
      const id = newCheckpointId()
      ids.push(id)
      const [code] = await once(createElsewhere(source, id, changes), 'close')
      whole = code === 0
      await leases.heal?.(source, context)
      assert.equal(pictureOf(source), picture, `killed after ${changes} changes`)
    }

    assert.ok(ids.length > 15, `${ids.length} changes are too few to be all`)
    await leaveNothing(source, ids)
  })

  it('changes nothing at any moment, and leaves nothing', async () => {
    const source = await acquire(context)
    const ids = []
    for (let delay = 100; delay < 420; delay += 40) {
      sh(source, `echo ${delay} > file; ln -f file "file-${delay}"`)
      const picture = pictureOf(source)
      const id = newCheckpointId()
      ids.push(id)
      const child = createElsewhere(source, id)
      const ended = once(child, 'close')
      await Promise.race([sleep(delay), ended])
      child.kill('SIGKILL')
      await ended
      await leases.heal?.(source, context)
      assert.equal(pictureOf(source), picture, `killed after ${delay} ms`)
    }

    await leaveNothing(source, ids)
  })

  const createElsewhere = (source: Lease, id: CheckpointId, changes = 0): ChildProcess => {
    const worker = fileURLToPath(new URL('support/create-checkpoint.js', import.meta.url))
    return spawn(process.execPath, [worker, ground.path, source.id, id, String(changes)], {stdio: 'inherit'})
  }

  /** What was interrupted can be made whole, and all of it can be removed. */
  const leaveNothing = async (source: Lease, ids: readonly CheckpointId[]): Promise<void> => {
    const last = await create(source, context, ids.at(-1))
    assert.deepEqual((await snapshots.verify(last, context)).problems, [])
    const copy = await fork(last, context)
    assert.equal(pictureOf(copy), pictureOf(source))
    for (const id of ids) await snapshots.delete(recordOf(source, id), context)
    for (const lease of [source, copy]) await leases.release(lease, context)
    assert.deepEqual(found('layers', context), [])
  }
})

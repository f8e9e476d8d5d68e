import assert from 'node:assert/strict'
import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {after, describe, it} from 'node:test'
import {join} from 'node:path'

import {readCheckpoint} from '../src/checkpoint-file.js'
import {requireDirectory} from '../src/directory.js'
import {makeLayer, stackOf} from '../src/layers.js'
import {requireLease, writeLease} from '../src/lease-file.js'
import {leases} from '../src/leases.js'
import {snapshots} from '../src/snapshots.js'
import {acquire, contextIn, create, fork, found, pictureOf, sh, type Saved} from './support/box.js'
import {openGround, skip} from './support/ground.js'

describe('the life of leases and layers', {skip}, () => {
  const ground = openGround()
  const context = contextIn(ground.path)
  after(ground.close)

  it('goes on after a reboot, when nothing is mounted any more', async () => {
    const source = await acquire(context)
    sh(source, 'echo one > a; ln a b')
    const saved = await create(source, context)
    sh(source, 'echo two >> a')
    const copy = await fork(saved, context)
    const pictures = [source, copy].map(pictureOf)
    for (const {workRoot} of [source, copy]) execFileSync('umount', [workRoot])
    assert.equal(await leases.status(source, context), 'running')
    await Promise.all([leases.connect(copy, context), leases.connect(copy, context)])
    assert.deepEqual([source, copy].map(pictureOf), pictures)
    await leases.release(source, context)
    await leases.release(copy, context)
  })

  it('waits for a program that has a copy of its mount for a moment', async () => {
    const source = await acquire(context)
    sh(source, 'echo one > file')
    const held = spawn('unshare', ['--mount', 'sh', '-c', 'echo ready; sleep 0.7'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(held.stdout, 'data')
    execFileSync('umount', [source.workRoot])
    await leases.connect(source, context)
    assert.equal(sh(source, 'cat file'), 'one\n')
    await leases.release(source, context)
  })

  it('frees a layer when nobody stands on it any more, and not before', async () => {
    const before = found('layers', context)
    const source = await acquire(context)
    const saved = []
    for (const name of ['one', 'two', 'three']) {
      sh(source, `echo ${name} > ${name}`)
      saved.push(await create(source, context))
    }

    const [first, second, third] = saved
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    const copy = await fork(second, context)
    await snapshots.delete(second, context)
    await snapshots.delete(first, context)
    await leases.release(source, context)
    assert.equal(sh(copy, 'cat *'), 'one\ntwo\n')
    assert.deepEqual((await snapshots.verify(third, context)).problems, [])
    await leases.release(copy, context)
    const needed = await layersOf(third)
    assert.deepEqual(found('layers', context).sort(), [...before, ...needed].sort())
    await snapshots.delete(third, context)
    assert.deepEqual(found('layers', context), before)
  })

  it('shows when a saved layer was changed behind its back', async () => {
    const source = await acquire(context)
    sh(source, 'echo one > file')
    const saved = await create(source, context)
    sh(source, 'echo two > file')
    assert.deepEqual((await snapshots.verify(saved, context)).problems, [])
    execFileSync('sh', ['-c', 'for file in "$0"/*/tree/shop/file; do echo x >> "$file"; done', layersIn(ground.path)])
    assert.match((await snapshots.verify(saved, context)).problems.join(), /was changed after it was saved/)
  })

  it('removes what an interrupted checkpoint has prepared', async () => {
    const lease = await acquire(context)
    const place = {directory: join(ground.path, 'overlayfs'), id: lease.id}
    const layers = found('layers', context)
    const file = await requireLease(place)
    await writeLease(place, {...file, next: 'lnext'})
    await makeLayer(place.directory, 'lnext', file.layer, lease.id)
    await leases.heal?.(lease, context)
    assert.deepEqual(found('layers', context), layers)
    await leases.release(lease, context)
    assert.ok(!found('layers', context).includes(file.layer))
  })
})

/** The layers that a checkpoint stands on. How many depends on whether something on this machine held a copy of the mount. */
async function layersOf({id, artifact}: Saved): Promise<string[]> {
  const directory = await requireDirectory(artifact.details)
  return stackOf(directory, (await readCheckpoint(directory, id))?.layer ?? null)
}

const layersIn = (stateDir: string): string => join(stateDir, 'overlayfs', 'layers')

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {after, describe, it} from 'node:test'

import registerProviders from '../src/hook.js'
import {leases} from '../src/leases.js'
import {findMount} from '../src/mount-table.js'
import {mayMount} from '../src/privileges.js'
import {snapshots} from '../src/snapshots.js'
import {acquire, contextIn, create, recordOf} from './support/box.js'
import {openGround, skip} from './support/ground.js'

describe('what cannot be done is said', {skip}, () => {
  const ground = openGround()
  const context = contextIn(ground.path)
  after(ground.close)

  it('when the user is not root', async () => {
    process.seteuid?.(65534)
    try {
      await assert.rejects(acquire(context), {code: 'OVERLAYFS_NOT_PERMITTED', kind: 'config', message: /takes root/})
    } finally {
      process.seteuid?.(0)
    }
  })

  it('when the directory is on an overlay', async () => {
    const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map(name => join(ground.path, name))
    for (const path of [lower, upper, work, merged]) mkdirSync(String(path))
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, String(merged)])
    await assert.rejects(acquire({...context, settings: async () => ({directory: String(merged)})}), {
      code: 'OVERLAYFS_DIRECTORY_UNUSABLE',
      message: /it is on overlay/,
      hint: /CRABBOX_OVERLAYFS_DIRECTORY/,
    })
  })

  it('when the disk with the layers is not there, and nothing counts as gone', async () => {
    const lease = {...(await acquire(context)), details: {directory: join(ground.path, 'elsewhere')}}
    const expected = {code: 'OVERLAYFS_DIRECTORY_MISSING', hint: /--local-only/}
    await assert.rejects(leases.status(lease, context), expected)
    await assert.rejects(leases.release(lease, context), expected)
    await assert.rejects(
      snapshots.delete(recordOf(lease, (await create(await acquire(context), context)).id), context),
      expected,
    )
  })

  it('when a directory outside the lease is to be saved', async () => {
    const lease = await acquire(context)
    const about = recordOf(lease, (await create(lease, context)).id)
    const request = {...about, lease, excludes: [], parent: null, about, record: async () => undefined}
    const workdir = {path: '/etc', relative: null}
    await assert.rejects(snapshots.create({...request, workdir}, context), {code: 'WORKDIR_REFUSED', kind: 'usage'})
  })
})

describe('the right to mount', () => {
  it('is CAP_SYS_ADMIN among the effective capabilities', () => {
    assert.equal(mayMount('Name:\tnode\nCapEff:\t000001ffffffffff\n'), true)
    // What a container engine leaves its root by default.
    assert.equal(mayMount('Name:\tnode\nCapEff:\t00000000a80425fb\n'), false)
    assert.equal(mayMount(''), false)
  })
})

describe('the table of mounts', () => {
  const line = (point: string, upper: string): string =>
    `62 27 0:55 / ${point} rw,relatime shared:1 - overlay crabbox rw,lowerdir=a/tree,upperdir=${upper},workdir=w`

  it('tells what is on top at a path, whatever its name', () => {
    const table = [line('/a\\040b', 'one'), line('/a\\040b', 'two'), line('/other', 'three')].join('\n')
    assert.deepEqual(findMount(table, '/a b'), {device: '0:55', upper: 'two'})
    assert.equal(findMount(table, '/a'), null)
  })
})

describe('the hook', () => {
  it('registers one provider, by the name that it has when it is loaded', async () => {
    const registered: Parameters<Parameters<typeof registerProviders>[0]['registry']['register']>[0][] = []
    await registerProviders({registry: {register: descriptor => void registered.push(descriptor)}})
    for (const {name, summary, load} of registered) {
      const provider = await load()
      assert.deepEqual([name, summary], [provider.name, provider.summary])
    }

    assert.equal(registered.length, 1)
  })
})

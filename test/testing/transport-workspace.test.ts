import assert from 'node:assert/strict'
import {mkdir, mkdtemp, readdir, rm, symlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {newLeaseId} from '../../src/core/ids.js'
import type {LeaseHandle} from '../../src/core/lease.js'
import {silentProgress} from '../../src/core/progress.js'
import {HOSTILE} from '../../src/testing/content.js'
import {transportWorkspace} from '../../src/testing/transport-workspace.js'
import {localTransport} from '../../src/transports/local.js'

describe('the workspace over a transport', () => {
  const context = {signal: new AbortController().signal, progress: silentProgress, stateDir: '/nowhere'}
  const workspace = transportWorkspace({connect: async () => localTransport()}, context)
  let lease: LeaseHandle

  beforeEach(async () => {
    const workRoot = await mkdtemp(join(tmpdir(), 'crabbox-probe-'))
    lease = {id: newLeaseId(), workRoot, workdir: join(workRoot, 'work dir'), details: {}}
    await mkdir(lease.workdir)
  })
  afterEach(() => rm(lease.workRoot, {recursive: true, force: true}))

  it('reads what it wrote, under any name', async () => {
    for (const [path, bytes] of Object.entries(HOSTILE)) await workspace.write(lease, path, Buffer.from(bytes))
    for (const [path, bytes] of Object.entries(HOSTILE))
      assert.equal((await workspace.read(lease, path))?.toString(), bytes)
    assert.deepEqual(await workspace.list(lease), Object.keys(HOSTILE).sort())
    assert.deepEqual((await readdir(lease.workdir)).length, Object.keys(HOSTILE).length)
  })

  it('tells an empty file from a missing one', async () => {
    await workspace.write(lease, 'empty', Buffer.alloc(0))
    assert.equal((await workspace.read(lease, 'empty'))?.length, 0)
    assert.equal(await workspace.read(lease, 'missing'), null)
  })

  it('removes directories with what is in them, and only those', async () => {
    await workspace.write(lease, '-d/one', Buffer.from('1'))
    await workspace.write(lease, 'other', Buffer.from('2'))
    await workspace.remove(lease, '-d')
    assert.deepEqual(await workspace.list(lease), ['other'])
  })

  it('lists empty directories, and links as files', async () => {
    await mkdir(join(lease.workdir, 'a/b/c'), {recursive: true})
    await symlink('a', join(lease.workdir, 'link'))
    assert.deepEqual(await workspace.list(lease), ['a/b/c/', 'link'])
  })

  it('fails when there is no workdir', async () => {
    await rm(lease.workdir, {recursive: true})
    await assert.rejects(workspace.list(lease), {code: 'PROBE_FAILED'})
    await assert.rejects(workspace.read(lease, 'any'), {code: 'PROBE_FAILED'})
  })

  it('fails when a file cannot be written', async () => {
    await mkdir(join(lease.workdir, 'taken'))
    await assert.rejects(workspace.write(lease, 'taken', Buffer.from('')), {code: 'PROBE_FAILED'})
  })
})

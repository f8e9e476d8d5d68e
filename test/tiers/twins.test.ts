import assert from 'node:assert/strict'
import {chmod, readdir, readFile, rm, stat, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {newLeaseId, newSlug} from '../../src/core/ids.js'
import {ANY_HOST, type LeaseRequest, type Placement} from '../../src/core/lease.js'
import {local} from '../../src/providers/local/index.js'
import {workspaceArchive} from '../../src/tiers/workspace-archive.js'
import {archiveLab, type Archived} from '../support/archive-lab.js'

const request = (): LeaseRequest => ({
  id: newLeaseId(),
  slug: newSlug(() => false),
  class: 'tiny',
  repoName: 'my-app',
  expiresAt: null,
  host: ANY_HOST,
  record: async () => undefined,
})

describe('forks that share a host', () => {
  const lab = archiveLab()
  const sent: string[] = []
  const hashed: string[] = []
  let checkpoint: Archived
  beforeEach(async () => {
    await lab().write('src/a', 'text')
    await lab().write('b', 'more')
    checkpoint = (await lab().create()).checkpoint
    sent.length = 0
    hashed.length = 0
  })

  /** Forks of one command, as far as the tier can tell. */
  const command = (shareHost = true): ((twins?: readonly Placement[], lease?: LeaseRequest) => Promise<Placement>) => {
    const tier = workspaceArchive({
      ...local.leases,
      shareHost: () => shareHost,
      connect: async (handle, context) => {
        const transport = await local.leases.connect(handle, context)
        return {
          ...transport,
          spawn: (command, signal) => {
            const script = command.argv[2] ?? ''
            if (/^exec tar --extract|-d -c \| /.test(script)) sent.push(handle.id)
            if (script.includes('hash() {')) hashed.push(handle.id)
            return transport.spawn(command, signal)
          },
        }
      },
    })
    return (twins = [], lease = request()) => tier.fork({checkpoint, lease, twins}, lab().context)
  }

  it('are sent once, and are no less what was saved', async () => {
    const fork = command()
    const first = await fork()
    const read = hashed.length
    const second = await fork([first])
    assert.equal(sent.length, 1)
    // Nobody has written to what was checked before.
    assert.equal(hashed.length, read)
    assert.equal(await readFile(join(second.workdir, 'src', 'a'), 'utf8'), 'text')
    assert.equal((await stat(join(second.workdir, 'b'))).mtimeMs, (await stat(join(lab().workdir, 'b'))).mtimeMs)
    await writeFile(join(second.workdir, 'b'), 'changed')
    assert.equal(await readFile(join(first.workdir, 'b'), 'utf8'), 'more')
  })

  it('are sent each where nothing can be copied', async () => {
    const fork = command(false)
    await fork([await fork()])
    assert.equal(sent.length, 2)
  })

  it('are sent where it is not known what the other was filled with', async () => {
    const first = await command()()
    await command()([first])
    assert.equal(sent.length, 2)
  })

  it('never take over what somebody has changed meanwhile', async () => {
    const changes: Record<string, (workdir: string) => Promise<unknown>> = {
      content: async workdir => {
        const {atime, mtime} = await stat(join(workdir, 'b'))
        await writeFile(join(workdir, 'b'), 'MORE')
        await utimes(join(workdir, 'b'), atime, mtime)
      },
      'a new file': workdir => writeFile(join(workdir, 'new'), ''),
      'a file that is gone': workdir => rm(join(workdir, 'src', 'a')),
      'who may read the workdir itself': workdir => chmod(workdir, 0o755),
      'all of it': workdir => rm(workdir, {recursive: true}),
    }
    for (const [what, change] of Object.entries(changes)) {
      const fork = command()
      const first = await fork()
      await change(first.workdir)
      sent.length = 0
      const {workdir} = await fork([first])
      assert.equal(sent.length, 1, what)
      assert.deepEqual((await readdir(workdir)).sort(), ['b', 'src'], what)
      assert.equal(await readFile(join(workdir, 'b'), 'utf8'), 'more', what)
      assert.equal((await stat(workdir)).mode, (await stat(lab().workdir)).mode, what)
    }
  })
})

import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {readFile, utimes, writeFile, stat} from 'node:fs/promises'
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
  let checkpoint: Archived
  beforeEach(async () => {
    await lab().write('src/a', 'text')
    await lab().write('b', 'more')
    checkpoint = (await lab().create()).checkpoint
    sent.length = 0
  })

  const fork = (twins: readonly Placement[], lease = request(), shareHost = true): Promise<Placement> => {
    const tier = workspaceArchive({
      ...local.leases,
      shareHost: () => shareHost,
      connect: async (handle, context) => {
        const transport = await local.leases.connect(handle, context)
        return {
          ...transport,
          spawn: (command, signal) => {
            if (command.argv[2]?.startsWith('exec tar --extract') === true) sent.push(handle.id)
            return transport.spawn(command, signal)
          },
        }
      },
    })
    return tier.fork({checkpoint, lease, twins}, lab().context)
  }

  it('are sent once, and are no less what was saved', async () => {
    const first = await fork([])
    const second = await fork([first])
    assert.equal(sent.length, 1)
    assert.equal(await readFile(join(second.workdir, 'src', 'a'), 'utf8'), 'text')
    assert.equal((await stat(join(second.workdir, 'b'))).mtimeMs, (await stat(join(lab().workdir, 'b'))).mtimeMs)
    await writeFile(join(second.workdir, 'b'), 'changed')
    assert.equal(await readFile(join(first.workdir, 'b'), 'utf8'), 'more')
  })

  it('are sent each where nothing can be copied', async () => {
    await fork([await fork([])], request(), false)
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
    }
    for (const [what, change] of Object.entries(changes)) {
      const first = await fork([])
      await change(first.workdir)
      const lease = request()
      await assert.rejects(fork([first], lease), {code: 'VERIFY_FAILED'}, what)
      assert.equal(existsSync(join(first.workdir, '..', '..', lease.id)), false)
    }
  })
})

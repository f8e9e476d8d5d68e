import assert from 'node:assert/strict'
import {chmod, readdir, readFile, rm, stat, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {LeaseRequest, Placement} from '../../src/core/lease.js'
import {providerError} from '../../src/core/errors.js'
import {local} from '../../src/providers/local/index.js'
import type {Transport} from '../../src/core/transport.js'
import {workspaceArchive} from '../../src/tiers/workspace-archive.js'
import {asStarted} from '../../src/transports/script.js'
import {COPY} from '../../src/workspace/copy-script.js'
import {archiveLab, type Archived} from '../support/archive-lab.js'
import {newLeaseRequest} from '../support/lease-request.js'
import {meddleBefore} from '../support/meddle.js'

const request = (): LeaseRequest => newLeaseRequest({repoName: 'my-app'})

const nothing: (first: string) => Promise<unknown> = async () => undefined

describe('forks that share a host', () => {
  const lab = archiveLab()
  const sent: string[] = []
  const hashed: string[] = []
  const copied: string[] = []
  let checkpoint: Archived
  beforeEach(async () => {
    await lab().write('src/a', 'text')
    await lab().write('b', 'more')
    checkpoint = (await lab().create()).checkpoint
    sent.length = 0
    hashed.length = 0
    copied.length = 0
  })

  /** Makes forks at the same time; `before` is called before the first copy is made, with what it is made of. */
  const forks = async (
    count: number,
    {shareHost = true, before = nothing, losses = 0} = {},
  ): Promise<PromiseSettledResult<Placement>[]> => {
    const workdirs = new Map<string, string>()
    let lost = 0
    const tier = workspaceArchive({
      ...local.leases,
      shareHost: () => shareHost,
      connect: async (handle, context) => {
        workdirs.set(handle.id, handle.workdir)
        const transport = await local.leases.connect(handle, context)
        const counted: Transport = {
          ...transport,
          spawn: (command, signal) => {
            const script = command.argv[2] ?? ''
            if (script.includes('exec tar --extract')) sent.push(handle.id)
            if (script.includes('hash() {')) hashed.push(handle.id)
            if (script === asStarted(COPY)) copied.push(handle.id)
            const running = transport.spawn(command, signal)
            if (script !== asStarted(COPY) || ++lost > losses) return running
            const gone = providerError('CONNECTION_LOST', 'the connection is lost')
            return {...running, exit: running.exit.then(() => Promise.reject(gone))}
          },
        }
        return meddleBefore(counted, COPY, async () => void (await before(workdirs.get(sent[0] ?? '') ?? '')))
      },
    })
    return Promise.allSettled(
      Array.from({length: count}, () => tier.fork({checkpoint, lease: request()}, lab().context)),
    )
  }

  const made = async (...parameters: Parameters<typeof forks>): Promise<Placement[]> =>
    (await forks(...parameters)).map(result =>
      result.status === 'fulfilled' ? result.value : assert.fail(result.reason),
    )

  it('are sent once, and are no less what was saved', async () => {
    const [first, second] = await made(2)
    assert.ok(first !== undefined && second !== undefined)
    assert.equal(sent.length, 1)
    // Nobody has written to what was checked before.
    assert.deepEqual(new Set(hashed), new Set(sent))
    for (const {workdir} of [first, second]) {
      assert.equal(await readFile(join(workdir, 'src', 'a'), 'utf8'), 'text')
      assert.equal((await stat(join(workdir, 'b'))).mtimeMs, (await stat(join(lab().workdir, 'b'))).mtimeMs)
    }

    await writeFile(join(second.workdir, 'b'), 'changed')
    assert.equal(await readFile(join(first.workdir, 'b'), 'utf8'), 'more')
  })

  it('are copied at once', async () => {
    const all = await made(4)
    assert.equal(sent.length, 1)
    assert.equal(copied.length, 1)
    for (const {workdir} of all) assert.equal(await readFile(join(workdir, 'src', 'a'), 'utf8'), 'text')
  })

  it('are copied again where the connection is lost meanwhile', async () => {
    const all = await made(3, {losses: 1})
    assert.equal(sent.length, 1)
    assert.ok(copied.length > 1)
    for (const {workdir} of all) assert.deepEqual((await readdir(workdir)).sort(), ['b', 'src'])
  })

  it('are sent each where nothing can be copied', async () => {
    await made(2, {shareHost: false})
    assert.equal(sent.length, 2)
  })

  it('are sent each where one is made after the other', async () => {
    await made(1)
    await made(1)
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
    for (const [what, before] of Object.entries(changes)) {
      sent.length = 0
      const both = await made(2, {before})
      assert.equal(sent.length, 2, what)
      const [second] = both.filter(({workdir}) => workdir.includes(sent[1] ?? 'none'))
      assert.ok(second !== undefined)
      const {workdir} = second
      assert.deepEqual((await readdir(workdir)).sort(), ['b', 'src'], what)
      assert.equal(await readFile(join(workdir, 'b'), 'utf8'), 'more', what)
      assert.equal((await stat(workdir)).mode, (await stat(lab().workdir)).mode, what)
    }
  })
})

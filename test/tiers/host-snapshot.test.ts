import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Context} from '../../src/core/context.js'
import {CrabboxError} from '../../src/core/errors.js'
import {newCheckpointId} from '../../src/core/ids.js'
import type {Placement} from '../../src/core/lease.js'
import {silentProgress} from '../../src/core/progress.js'
import type {Artifacts} from '../../src/core/tier.js'
import {checkpointDraft, checkpointRecord, leaseRecord} from '../../src/testing/records.js'
import {hostSnapshot} from '../../src/tiers/host-snapshot/index.js'
import type {HostSnapshotLeases} from '../../src/tiers/host-snapshot/leases.js'
import {hostSnapshotRestore} from '../../src/tiers/host-snapshot/restore.js'
import {PROBE} from '../../src/tiers/host-snapshot/scripts.js'
import {localTransport} from '../../src/transports/local.js'
import {ANY_HOST} from '../../src/core/lease.js'

/** A file system in memory, whose files cannot share blocks. */
const MEMORY = '/dev/shm'
const noMemory = existsSync(MEMORY) ? '' : ` (skipped: there is no ${MEMORY} here)`

describe(`host snapshots where files cannot share blocks${noMemory}`, () => {
  if (noMemory !== '') return
  let root: string
  let context: Context
  beforeEach(() => {
    root = mkdtempSync(join(MEMORY, 'crabbox-snapshot-'))
    context = {stateDir: join(root, 'state'), progress: silentProgress, signal: new AbortController().signal}
    mkdirSync(join(root, 'lease', 'shop'), {recursive: true})
    writeFileSync(join(root, 'lease', 'shop', 'file'), 'content')
  })
  afterEach(() => rmSync(root, {recursive: true}))

  const placement = (details: Placement['details'] = {}): Placement => ({
    workRoot: join(root, 'lease'),
    workdir: join(root, 'lease', 'shop'),
    details,
  })
  const request = {
    ...{id: 'cbx_000000000000', slug: 'a-b', class: 'tiny', repoName: 'shop', expiresAt: null, host: ANY_HOST},
    record: async () => undefined,
  } as const
  const leaseOn = (details: Placement['details'] = {}): ReturnType<typeof leaseRecord> =>
    leaseRecord('here', request as never, placement(details), null)
  const leasesWith = (path = ''): HostSnapshotLeases => {
    const transport = localTransport()
    const env = path === '' ? {} : {PATH: `${path}:${process.env['PATH'] ?? ''}`}
    const reach = async (): Promise<typeof transport> => ({
      ...transport,
      spawn: (command, signal) => transport.spawn({...command, env: {...command.env, ...env}}, signal),
    })
    const acquire = (): Promise<never> => assert.fail('a lease was acquired')
    return {acquire, connect: reach, reach, release: async () => undefined}
  }
  const saved = (details: Placement['details'] = {}): ReturnType<typeof checkpointRecord<'provider-native'>> => {
    const id = newCheckpointId()
    const artifact = {mechanism: 'reflink', reference: join(root, '.crabbox-snapshots', id), details}
    return checkpointRecord('provider-native', id, leaseOn(details), {artifact, state: 'ready'})
  }

  it('are refused by probe, which names the file system and leaves nothing', async () => {
    const probe = await hostSnapshot(leasesWith()).probe(leaseOn(), context)
    const reason = `the file system of ${root} is tmpfs, which cannot share blocks between files; Btrfs and XFS can`
    assert.deepEqual(probe, {ok: false, reason})
    assert.deepEqual(readdirSync(root), ['lease'])
  })

  it('leave nothing of a probe whose client is killed before it answers', async () => {
    const script = spawn('sh', ['-c', PROBE, 'crabbox', root], {stdio: ['ignore', 'pipe', 'ignore']})
    script.stdout.destroy()
    await once(script, 'exit')
    assert.deepEqual(readdirSync(root), ['lease'])
  })

  it('leave nothing of a probe that was cut off by a power failure', async () => {
    mkdirSync(join(root, '.crabbox-probe.older'))
    mkdirSync(join(root, '.crabbox-probe.other'))
    utimesSync(join(root, '.crabbox-probe.older'), 1, 1)
    await hostSnapshot(leasesWith()).probe(leaseOn(), context)
    assert.deepEqual(readdirSync(root).sort(), ['.crabbox-probe.other', 'lease'])
  })

  it('are refused by probe on a host without the tools, which it names', async () => {
    const bin = join(root, 'bin')
    mkdirSync(bin)
    for (const name of ['cp', 'find'])
      writeFileSync(join(bin, name), '#!/bin/sh\necho another program\n', {mode: 0o755})
    const probe = await hostSnapshot(leasesWith(bin)).probe(leaseOn(), context)
    assert.ok(!probe.ok)
    assert.match(probe.reason, /lacks GNU coreutils and findutils.*\(missing: cp, find\)/)
  })

  const create = (
    excludes: readonly string[],
    record: (artifact: Artifacts['provider-native']) => Promise<void>,
  ): Promise<unknown> => {
    const [id, lease] = [newCheckpointId(), leaseOn()]
    const workdir = {path: lease.workdir, relative: '.'}
    const about = checkpointDraft(id, lease)
    return hostSnapshot(leasesWith()).create({id, lease, workdir, parent: null, excludes, about, record}, context)
  }

  it('fail with a clear error, and can be deleted then', async () => {
    let recorded: Artifacts['provider-native'] | null = null
    const failed = create([], async artifact => void (recorded = artifact))
    await assert.rejects(failed, {code: 'HOST_SNAPSHOT_UNSUPPORTED', kind: 'usage', message: /failed to clone/})
    assert.ok(recorded !== null)
    const {reference} = recorded as Artifacts['provider-native']
    const checkpoint = {...saved(), id: reference.slice(-20) as never, artifact: recorded}
    await hostSnapshot(leasesWith()).delete(checkpoint, context)
    assert.deepEqual(readdirSync(root), ['lease'])
    assert.deepEqual(readdirSync(join(root, 'lease', 'shop')), ['file'])
  })

  it('fail like any checkpoint where there is no such directory', async () => {
    const workdir = join(root, 'lease', 'shop')
    rmSync(workdir, {recursive: true})
    const failed = create([], async () => undefined)
    await assert.rejects(failed, {
      code: 'WORKDIR_NOT_FOUND',
      kind: 'notFound',
      message: new RegExp(`^${workdir} is not`),
    })
  })

  it('refuse to leave out what the user names, before anything is recorded', async () => {
    const failed = create(['*.log'], () => assert.fail('something was recorded'))
    await assert.rejects(failed, {code: 'EXCLUDES_UNSUPPORTED', kind: 'usage'})
  })

  it('are not forked onto another host, and no lease is acquired', async () => {
    const {fork} = hostSnapshot(leasesWith())
    const lease = {...request, host: {name: 'other', acceptNewKey: false}} as never
    const hosts = [{name: 'other', address: 'me@two', workRoot: null, labels: {}}]
    const forked = fork({checkpoint: saved({host: 'me@one'}), lease}, {...context, hosts})
    await assert.rejects(forked, {code: 'OTHER_HOST', message: /is on me@one and stays there.* used on me@two$/})
  })

  it('are not restored onto another host', async () => {
    const {restore} = hostSnapshotRestore(leasesWith())
    const lease = leaseOn({host: 'me@two'})
    const restored = restore(
      {checkpoint: saved({host: 'me@one'}), lease, target: lease.workdir, dryRun: false},
      context,
    )
    await assert.rejects(restored, {code: 'OTHER_HOST', hint: /--mode archive/})
  })

  it('are deleted with what interrupted operations have left of them, and nothing else is', async () => {
    const checkpoint = saved()
    const other = newCheckpointId()
    const {reference} = checkpoint.artifact
    const directory = join(root, '.crabbox-snapshots')
    for (const name of [`.new-${checkpoint.id}`, `.gone-${checkpoint.id}`, `.new-${other}`])
      mkdirSync(join(directory, name, 'tree'), {recursive: true})
    mkdirSync(join(reference, 'tree'), {recursive: true})
    writeFileSync(join(reference, 'marker'), `{"checkpoint":"${checkpoint.id}"}`)
    await hostSnapshot(leasesWith()).delete(checkpoint, context)
    assert.deepEqual(readdirSync(directory), [`.new-${other}`])
  })

  it('leave what stands in their place without a marker of theirs', async () => {
    const checkpoint = saved()
    const {reference} = checkpoint.artifact
    mkdirSync(join(reference, 'tree'), {recursive: true})
    const {delete: remove} = hostSnapshot(leasesWith())
    await assert.rejects(remove(checkpoint, context), {code: 'SNAPSHOT_FOREIGN', kind: 'busy'})
    writeFileSync(join(reference, 'marker'), `{"checkpoint":"${newCheckpointId()}"}`)
    await assert.rejects(remove(checkpoint, context), (error: unknown) => error instanceof CrabboxError)
    assert.ok(existsSync(join(reference, 'tree')))
  })

  it('that are gone are a problem to verify, and an error to fork', async () => {
    const [handlers, checkpoint] = [hostSnapshot(leasesWith()), saved()]
    const {problems} = await handlers.verify(checkpoint, context)
    assert.deepEqual(problems, [`${checkpoint.artifact.reference} is gone from its host`])
    const forked = handlers.fork({checkpoint, lease: request as never}, context)
    await assert.rejects(forked, {code: 'SNAPSHOT_GONE', kind: 'notFound'})
  })
})

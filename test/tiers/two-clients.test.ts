import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {cp, mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {local} from '../../src/providers/local/index.js'
import {localTransport} from '../../src/transports/local.js'
import {runScript} from '../../src/transports/script.js'
import {workspaceArchiveRestore} from '../../src/tiers/workspace-archive-restore.js'
import {newAttempt} from '../../src/workspace/attempt.js'
import {OVERTAKEN} from '../../src/workspace/script-parts.js'
import {discardStaging, sidecarOf} from '../../src/workspace/sidecar.js'
import {FARM, PREPARE} from '../../src/workspace/staging-scripts.js'
import {SEAL} from '../../src/workspace/swap-scripts.js'
import {archiveLab, type Archived} from '../support/archive-lab.js'
import {meddleAfter} from '../support/meddle.js'
import {temporaryDirectory} from '../support/temporary.js'

// Two state directories share no locks.
describe('two clients that restore one workdir at the same time', () => {
  const lab = archiveLab()
  const otherDir = temporaryDirectory()
  let first: Archived
  let second: Archived
  const is = (path: string): Promise<string> => readFile(join(lab().workdir, path), 'utf8')
  const leases = {...local.leases, connect: async () => localTransport()}

  beforeEach(async () => {
    const {write, create, context} = lab()
    for (let i = 0; i < 20; i++) await write(`a/${i}`, 'first')
    first = (await create()).checkpoint
    for (let i = 0; i < 20; i++) await write(`a/${i}`, 'second')
    second = (await create()).checkpoint
    for (let i = 0; i < 20; i++) await write(`a/${i}`, 'mine')
    for (const name of ['layers', 'manifests', 'baselines'])
      await cp(join(context.stateDir, name), join(otherDir(), name), {recursive: true})
  })

  /** What the other client does. */
  const otherRestores = async (): Promise<void> => {
    const {context, lease, workdir} = lab()
    const context2 = {...context, stateDir: otherDir()}
    const request = {checkpoint: second, lease, target: workdir, dryRun: false}
    await workspaceArchiveRestore(leases).restore(request, context2)
  }

  for (const [when, script] of Object.entries({
    'when it has begun to build': FARM,
    'when all is ready for the swap': SEAL,
  }))
    it(`leave what one of them wanted; the other, overtaken ${when}, says so`, async () => {
      const {restore, undo, workdir} = lab()
      lab().wrap = transport => meddleAfter(transport, script, otherRestores)
      await assert.rejects(restore(first), {code: 'WORKDIR_BUSY', kind: 'busy', message: /another client restores/})
      lab().wrap = transport => transport
      assert.deepEqual(await Promise.all([...Array(20).keys()].map(i => is(`a/${i}`))), Array(20).fill('second'))
      assert.deepEqual(await readdir(sidecarOf(workdir)), ['undo'])
      await undo()
      assert.equal(await is('a/7'), 'mine')
      await restore(first)
      assert.equal(await is('a/7'), 'first')
    })

  it('send nothing into what the other has begun to build', async () => {
    const {restore, workdir} = lab()
    const {signal} = new AbortController()
    const otherBegins = async (): Promise<void> => {
      const options = {purpose: 'begin', input: ''}
      await runScript(localTransport(), PREPARE, [sidecarOf(workdir), 'content', '', 'other-1'], signal, options)
    }
    lab().wrap = transport => meddleAfter(transport, FARM, otherBegins)
    await assert.rejects(restore(first), {code: 'WORKDIR_BUSY'})
    const staging = join(sidecarOf(workdir), 'staging')
    assert.deepEqual(await readdir(join(staging, 'tree')), [])
    assert.equal(await readFile(join(staging, 'owner'), 'utf8'), 'other-1')
    assert.equal(await is('a/7'), 'mine')
  })

  it('are not blamed where a full disk has cut short who was to build', async () => {
    const {workdir, context} = lab()
    const staging = join(sidecarOf(workdir), 'staging')
    await mkdir(staging, {recursive: true})
    await writeFile(join(staging, 'owner'), '')
    assert.equal(await discardStaging(localTransport(), workdir, newAttempt(context.stateDir).id, false), null)
    assert.equal(existsSync(staging), false)
  })

  it('do not clean up after each other', async () => {
    const {restore, context, lease, workdir} = lab()
    const recover = async (): Promise<void> => {
      const other = {...context, stateDir: otherDir()}
      assert.equal(await workspaceArchiveRestore(leases).recover({lease, target: workdir}, other), null)
    }

    lab().wrap = transport => meddleAfter(transport, FARM, recover)
    await restore(first)
    assert.equal(await is('a/7'), 'first')
  })

  it('keep away from a swap that has begun', async () => {
    const {workdir} = lab()
    const next = join(sidecarOf(workdir), 'next')
    await mkdir(next, {recursive: true})
    await writeFile(join(next, 'sealed'), '')
    const refusals = {[OVERTAKEN]: () => new Error('not now')}
    const options = {purpose: 'try', input: '', refusals}
    const {signal} = new AbortController()
    for (const [script, rest] of [
      [PREPARE, ['content', '', 'me']],
      [FARM, [workdir, '0', '0', '0', '', 'me']],
      [SEAL, [workdir, 'keep', 'undo', '0', '0', 'me']],
    ] as const)
      await assert.rejects(
        runScript(localTransport(), script, [sidecarOf(workdir), ...rest], signal, options),
        /not now/,
      )
    assert.deepEqual(await readdir(next), ['sealed'])
  })
})

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {sidecarOf} from '../../src/workspace/sidecar.js'
import {useSandbox} from '../support/cli.js'
import {leaveHolder} from '../support/holder.js'
import {assertRefusal} from '../support/refusals.js'

describe('a restore that was killed, for the command that comes next', () => {
  let lease: Lease
  const sandbox = useSandbox(async ({json}) => {
    lease = await json<Lease>(['warmup', '--slug', 'source'])
  })
  const file = (): string => join(lease.workdir, 'file')
  /** As a killed process leaves it: its lock, and what it has put beside the workdir. */
  const leave = (parts: Readonly<Record<string, string>>, what = 'checkpoint restore'): void => {
    for (const [path, content] of Object.entries(parts)) {
      const to = join(sidecarOf(lease.workdir), path)
      mkdirSync(dirname(to), {recursive: true})
      writeFileSync(to, content)
    }

    const {pid} = spawnSync('true')
    const subject = {lease: lease.id, target: lease.workdir}
    leaveHolder(sandbox.state, {pid, key: `lease:${lease.id}`, mode: 'exclusive', what, subject})
  }
  const told = async (): Promise<string> =>
    (await sandbox.run(['run', '--id', 'source', '--no-sync', '--', 'true'])).stderr
  const staged = {'staging/unit': 'file', 'staging/tree/file': 'saved', 'staging/owner': ''}

  beforeEach(() => writeFileSync(file(), 'mine'))

  it('is given up where it had only begun, and leaves the workdir as it was', async () => {
    leave(staged)
    assert.match(await told(), /checkpoint restore cbx_\S+ of \S+ was interrupted; .* given up, .* as it was before/)
    assert.equal(readFileSync(file(), 'utf8'), 'mine')
    assert.equal(existsSync(sidecarOf(lease.workdir)), false)
  })

  it('is finished where it had begun to replace, and the workdir is what it was to become', async () => {
    const next = {unit: 'file', keep: 'keep', source: 'staging', existed: '', owner: '', 'meta.json': '{}', sealed: ''}
    rmSync(file())
    leave({
      ...staged,
      'next/tree/file': 'mine',
      ...Object.fromEntries(Object.entries(next).map(([name, text]) => [`next/${name}`, text])),
    })
    assert.match(await told(), /was interrupted; it has been finished, and the workdir is what it was to become/)
    assert.equal(readFileSync(file(), 'utf8'), 'saved')
  })

  describe('when it was an undo, and is repeated', () => {
    const undo = ['checkpoint', 'undo', '--id', 'source']
    const kept = {
      'undo/unit': 'file',
      'undo/tree/file': 'older',
      'undo/meta.json': '{"directories":[],"replacedBy":"chk"}',
    }
    beforeEach(() => rmSync(sidecarOf(lease.workdir), {recursive: true, force: true}))

    it('is not taken back by that where it has been finished', async () => {
      leave(kept, 'checkpoint undo')
      assertRefusal(await sandbox.run(undo), {
        exit: 6,
        code: 'UNDO_INTERRUPTED',
        says: /had been finished, or not begun/,
      })
      assert.equal(readFileSync(file(), 'utf8'), 'mine')
      await sandbox.json(undo)
      assert.equal(readFileSync(file(), 'utf8'), 'older')
    })

    it('is done where it had not begun', async () => {
      leave({...kept, 'next/unit': 'file'}, 'checkpoint undo')
      await sandbox.json(undo)
      assert.equal(readFileSync(file(), 'utf8'), 'older')
    })
  })

  it('is told of, and no more, where nothing is left of it', async () => {
    leave({})
    assert.match(await told(), /was interrupted; it has been cleaned up/)
    assert.equal(readFileSync(file(), 'utf8'), 'mine')
  })
})

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {refuses} from '../support/refusals.js'
import {pictureOf, type Picture} from '../support/tree.js'

const STEPS = [
  'mkdir -p empty kept gone; seq 1 20000 > kept/numbers; echo 1 > gone/file; ln kept/numbers second; ln -s kept link; mkdir sealed; echo in > sealed/file; chmod 555 sealed',
  'echo 2 > kept/numbers; rm -r gone; chmod 700 empty; printf bytes > "a name\nof two lines"',
  'echo 3 > late; chmod +x late; rm link; mkdir link; echo in > link/file',
]

describe('checkpoint export', () => {
  const pictures: Picture[] = []
  const sandbox = useSandbox(async ({json}) => {
    const {workdir} = await json<Lease>(['warmup', '--slug', 'source'])
    let parent: string | null = null
    for (const [i, script] of STEPS.entries()) {
      await json(['run', '--id', 'source', '--shell', script])
      const saved: Checkpoint = await json<Checkpoint>([
        'checkpoint',
        'create',
        '--id',
        'source',
        '--name',
        `step-${i}`,
      ])
      assert.equal(saved.parent, parent)
      parent = saved.id
      pictures.push(await pictureOf(workdir))
    }
  })
  const {dir, run, json} = sandbox
  const output = (name: string): string => join(dir, name)

  async function unpacked(archive: string): Promise<Picture> {
    const target = `${archive}.d`
    mkdirSync(target)
    execFileSync('tar', ['-xpf', archive, '-C', target])
    return pictureOf(target)
  }

  for (const [i, name] of ['first.tar', 'second.tar.gz', 'third.tar.zst'].entries()) {
    it(`writes one whole tarball that tar opens, whatever the layers: ${name}`, async () => {
      const {bytes} = await json<{bytes: number}>(['checkpoint', 'export', `step-${i}`, '--output', output(name)])
      assert.equal(statSync(output(name)).size, bytes)
      assert.equal(statSync(output(name)).mode & 0o077, 0)
      assert.deepEqual(await unpacked(output(name)), pictures[i])
    })
  }

  it('writes beside the user, and under no name before it is whole', async () => {
    await json(['checkpoint', 'export', 'step-0', '-o', 'here.tgz'], {cwd: dir})
    const made = readdirSync(dir).filter(name => name.includes('here'))
    assert.deepEqual(made, ['here.tgz'])
  })

  it('leaves a file that is there already alone, unless it is forced', async () => {
    sandbox.write('taken.tar', 'precious', dir)
    const args = ['checkpoint', 'export', 'step-2', '--output', output('taken.tar')]
    await refuses(sandbox, args, {exit: 6, code: 'OUTPUT_EXISTS', says: /--force/})
    assert.equal(readFileSync(output('taken.tar'), 'utf8'), 'precious')
    assert.equal((await run([...args, '--force'])).code, 0)
    assert.deepEqual(await unpacked(output('taken.tar')), pictures[2])
  })

  it('says so where the file cannot be written', async () => {
    const args = ['checkpoint', 'export', 'step-0', '--output', output('no/such/dir.tar')]
    await refuses(sandbox, args, {exit: 5, code: 'EXPORT_FAILED', says: /no\/such/})
  })
})

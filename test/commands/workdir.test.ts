import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, rmSync, symlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {assertRefusal, refuses, refusesAll} from '../support/refusals.js'
import {pictureOf} from '../support/tree.js'

describe('--workdir', () => {
  let lease: Lease
  let other: Lease
  const sandbox = useSandbox(async ({json}) => {
    lease = await json<Lease>(['warmup', '--slug', 'source'])
    other = await json<Lease>(['warmup', '--slug', 'other'])
    await json(['run', '--id', 'source', '--', 'true'])
    await json(['checkpoint', 'create', '--id', 'source', '--name', 'saved'])
  })
  const {json, write, dir} = sandbox
  const create = (workdir: string): string[] => ['checkpoint', 'create', '--id', 'source', '--workdir', workdir]
  const restore = (workdir: string): string[] => [
    'checkpoint',
    'restore',
    'saved',
    '--id',
    'source',
    '--workdir',
    workdir,
  ]

  it('is refused for a restore where it is a link, and what that points to stays', async () => {
    const [target, link] = [join(dir, 'pointed-to'), join(dir, 'link')]
    mkdirSync(target)
    write('kept', 'kept', target)
    symlinkSync(target, link)
    const outcome = await sandbox.run(restore(link))
    assertRefusal(outcome, {exit: 2, code: 'WORKDIR_REFUSED', says: /is a symbolic link/})
    assert.equal(readFileSync(join(target, 'kept'), 'utf8'), 'kept')
  })

  it('is refused for the root, home directories and what holds the lease', async () => {
    const up = (path: string, levels: number): string => (levels === 0 ? path : up(dirname(path), levels - 1))
    const refusal = {exit: 2, code: 'WORKDIR_REFUSED'}
    const never = [
      '/',
      '//',
      '/..',
      sandbox.home,
      `${sandbox.home}/`,
      '/home/somebody',
      '/root',
      '',
      '..',
      up(lease.workdir, 3),
    ]
    await refusesAll(
      sandbox,
      [...never.map(create), restore('/'), restore(sandbox.home), restore('..')].map(args => [args, refusal]),
    )
  })

  it('is refused where there is no such directory to save', async () => {
    await refuses(sandbox, create('not/there'), {exit: 4, code: 'WORKDIR_NOT_FOUND', says: /not\/there/})
    await refuses(sandbox, create('README.md'), {exit: 4, code: 'WORKDIR_NOT_FOUND', says: /README\.md/})
  })

  it('saves a directory below, which is restored to the same place on any lease', async () => {
    const {id, workdir} = await json<Checkpoint>(create('src'))
    assert.equal(workdir.relative, 'src')
    await json(['checkpoint', 'restore', id, '--id', 'other'])
    assert.equal(readFileSync(join(other.workdir, 'src/cart.js'), 'utf8'), 'export const cart = []\n')
  })

  it('saves a directory outside, which is restored there on the same lease and nowhere by guess', async () => {
    const data = join(dir, 'data')
    write('precious', 'before', data)
    const before = await pictureOf(data)
    const {id, workdir} = await json<Checkpoint>(create(data))
    assert.equal(workdir.relative, null)
    await refuses(sandbox, ['checkpoint', 'restore', id, '--id', 'other'], {
      exit: 2,
      code: 'WORKDIR_NEEDED',
      says: /--workdir/,
    })

    write('precious', 'after', data)
    write('more', 'after', data)
    await json(['checkpoint', 'restore', id, '--id', 'source'])
    assert.deepEqual(await pictureOf(data), before)
    await json(['checkpoint', 'undo', '--id', 'source', '--workdir', data])
    assert.equal(readFileSync(join(data, 'precious'), 'utf8'), 'after')
  })

  it('restores into a directory that is not there yet', async () => {
    const target = join(dir, 'fresh')
    await json(restore(target))
    assert.deepEqual([...(await pictureOf(target))], [...(await pictureOf(lease.workdir))])
    rmSync(target, {recursive: true})
    mkdirSync(target)
    await json(restore(target))
    assert.equal(readFileSync(join(target, 'README.md'), 'utf8'), 'A shop.\n')
  })
})

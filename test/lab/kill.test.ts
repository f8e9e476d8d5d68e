import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Lab} from './support/cli.js'
import {killAtRandom, KILLS, timeOf} from './support/kill.js'
import {leftovers} from './support/leftovers.js'
import {difference, sh} from './support/shell.js'
import {makeTwoTrees, type TwoTrees} from './support/two-trees.js'

describe('kill -9 at any moment', function () {
  this.timeout(600_000)
  let lab: Lab
  let source: Lease
  let trees: TwoTrees

  /** After a kill and one more command, all is as if the killed one had never been or had succeeded. */
  const settle = async (): Promise<void> => {
    assert.equal((await lab.run('checkpoint', 'list')).code, 0)
    assert.equal((await lab.run('checkpoint', 'prune', '--failed')).code, 0)
    assert.deepEqual(await leftovers(lab), [])
  }

  before(async () => {
    lab = openLab('kill')
    source = await lab.json<Lease>('warmup')
    rmSync(source.workdir, {recursive: true})
    trees = await makeTwoTrees(lab, source, {count: 40, blob: 20_000_000, big: 9_000_000})
  })
  after(() => lab.close())

  it('create: the workdir is untouched, and nothing is left', async () => {
    const usual = await timeOf(() => lab.json('checkpoint', 'create', '--id', source.slug))
    let killed = 0
    for (let i = 0; i < KILLS; i++) {
      sh('head -c 6000000 /dev/urandom > "$1/blob"; rm -rf "$2"; cp -a "$1" "$2"', source.workdir, join(lab.dir, 'now'))
      killed += Number(await killAtRandom(lab, usual * 1.3, 'checkpoint', 'create', '--id', source.slug))
      assert.equal(difference(join(lab.dir, 'now'), source.workdir), '')
      await settle()
    }

    assert.ok(killed >= KILLS / 3, `only ${killed} were killed in time`)
  })

  it('restore: the workdir is wholly the old or wholly the new tree', async () => {
    await lab.json('checkpoint', 'restore', trees.a.id, '--id', source.slug)
    const usual = await timeOf(() => lab.json('checkpoint', 'restore', trees.b.id, '--id', source.slug))
    let killed = 0
    for (let i = 0; i < KILLS; i++) {
      const [target, other] = i % 2 === 0 ? [trees.a, trees.b] : [trees.b, trees.a]
      await lab.json('checkpoint', 'restore', other.id, '--id', source.slug)
      killed += Number(await killAtRandom(lab, usual * 1.1, 'checkpoint', 'restore', target.id, '--id', source.slug))
      const same = [trees.treeA, trees.treeB].filter(tree => difference(tree, source.workdir) === '')
      assert.equal(same.length, 1, 'the workdir is neither tree')
      await settle()
    }

    assert.ok(killed >= KILLS / 3, `only ${killed} were killed in time`)
  })

  it('fork: no lease and no directory is left, and the source is untouched', async () => {
    await lab.json('checkpoint', 'restore', trees.a.id, '--id', source.slug)
    const usual = await timeOf(() => lab.json('checkpoint', 'fork', trees.a.id, '--slug', 'usual'))
    await lab.json('stop', '--id', 'usual')
    for (let i = 0; i < KILLS; i++) {
      await killAtRandom(lab, usual * 1.1, 'checkpoint', 'fork', trees.a.id)
      await settle()
      const {leases} = await lab.json<{leases: Lease[]}>('list')
      for (const lease of leases.filter(one => one.id !== source.id)) {
        assert.equal(difference(trees.treeA, lease.workdir), '', 'a fork that is listed is whole')
        await lab.json('stop', '--id', lease.id)
      }
    }

    assert.equal(difference(trees.treeA, source.workdir), '')
  })

  it('delete: the checkpoint is whole or gone', async () => {
    for (let i = 0; i < KILLS; i++) {
      const doomed = await lab.json<Checkpoint>('checkpoint', 'create', '--id', source.slug)
      await killAtRandom(lab, 400, 'checkpoint', 'delete', doomed.id)
      await settle()
      const {code} = await lab.run('checkpoint', 'inspect', doomed.id, '--verify')
      assert.ok(code === 0 || code === 4, `inspect exits with ${code}`)
      if (code === 0) await lab.json('checkpoint', 'delete', doomed.id)
    }

    assert.equal((await lab.run('checkpoint', 'inspect', trees.a.id, '--verify')).code, 0)
  })
})

import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Lab} from './support/cli.js'
import {killAtRandom, KILLS, timeOf} from './support/kill.js'
import {leftovers} from './support/leftovers.js'
import {difference, sh} from './support/shell.js'

const TREE = `mkdir -p "$1" && cd "$1" && for d in $(seq 40); do mkdir d$d; for f in $(seq 40); do echo "$d $f" > d$d/f$f; done; done
head -c 20000000 /dev/urandom > blob`

describe('kill -9 at any moment', function () {
  this.timeout(600_000)
  let lab: Lab
  let source: Lease
  let a: Checkpoint
  let b: Checkpoint
  let treeA: string
  let treeB: string

  /** After a kill and one more command, all is as if the killed one had never been or had succeeded. */
  const settle = async (): Promise<void> => {
    assert.equal((await lab.run('checkpoint', 'list')).code, 0)
    assert.equal((await lab.run('checkpoint', 'prune', '--failed')).code, 0)
    assert.deepEqual(await leftovers(lab), [])
  }

  before(async () => {
    lab = openLab('kill')
    source = await lab.json<Lease>('warmup')
    treeA = join(lab.dir, 'a')
    treeB = join(lab.dir, 'b')
    rmSync(source.workdir, {recursive: true})
    sh(TREE, source.workdir)
    a = await lab.json<Checkpoint>('checkpoint', 'create', '--id', source.slug)
    sh(
      'cp -a "$1" "$2"; cd "$1"; rm -rf d7; echo changed > d1/f1; echo new > new; head -c 9000000 /dev/urandom > d2/big',
      source.workdir,
      treeA,
    )
    b = await lab.json<Checkpoint>('checkpoint', 'create', '--id', source.slug)
    sh('cp -a "$1" "$2"', source.workdir, treeB)
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
    await lab.json('checkpoint', 'restore', a.id, '--id', source.slug)
    const usual = await timeOf(() => lab.json('checkpoint', 'restore', b.id, '--id', source.slug))
    let killed = 0
    for (let i = 0; i < KILLS; i++) {
      const [target, other] = i % 2 === 0 ? [a, b] : [b, a]
      await lab.json('checkpoint', 'restore', other.id, '--id', source.slug)
      killed += Number(await killAtRandom(lab, usual * 1.1, 'checkpoint', 'restore', target.id, '--id', source.slug))
      const same = [treeA, treeB].filter(tree => difference(tree, source.workdir) === '')
      assert.equal(same.length, 1, 'the workdir is neither tree')
      await settle()
    }

    assert.ok(killed >= KILLS / 3, `only ${killed} were killed in time`)
  })

  it('fork: no lease and no directory is left, and the source is untouched', async () => {
    await lab.json('checkpoint', 'restore', a.id, '--id', source.slug)
    const usual = await timeOf(() => lab.json('checkpoint', 'fork', a.id, '--slug', 'usual'))
    await lab.json('stop', '--id', 'usual')
    for (let i = 0; i < KILLS; i++) {
      await killAtRandom(lab, usual * 1.1, 'checkpoint', 'fork', a.id)
      await settle()
      const {leases} = await lab.json<{leases: Lease[]}>('list')
      for (const lease of leases.filter(one => one.id !== source.id)) {
        assert.equal(difference(treeA, lease.workdir), '', 'a fork that is listed is whole')
        await lab.json('stop', '--id', lease.id)
      }
    }

    assert.equal(difference(treeA, source.workdir), '')
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

    assert.equal((await lab.run('checkpoint', 'inspect', a.id, '--verify')).code, 0)
  })
})

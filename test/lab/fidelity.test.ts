import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Forked, type Lab} from './support/cli.js'
import {difference, sh} from './support/shell.js'
import {makeStrangeTree} from './support/strange-tree.js'

describe('fidelity of forks and restores', () => {
  let lab: Lab
  let source: Lease
  let first: Checkpoint
  const fork = async (id: string): Promise<string> => {
    const {forks} = await lab.json<Forked>('checkpoint', 'fork', id)
    assert.ok(forks[0])
    return forks[0].lease.workdir
  }

  before(async () => {
    lab = openLab('fidelity')
    source = await lab.json<Lease>('warmup')
    rmSync(source.workdir, {recursive: true})
    makeStrangeTree(source.workdir)
    first = await lab.json<Checkpoint>('checkpoint', 'create', '--id', source.slug)
  })
  after(() => lab.close())

  it('forks a tree with all that archives lose, except what is never saved', async () => {
    const copy = await fork(first.id)
    const lines = difference(source.workdir, copy)
      .split('\n')
      .filter(line => !line.includes('.crabbox/') && line !== '')
    assert.deepEqual(lines, [])
    sh('test ! -e "$1/.crabbox/env" && test ! -e "$1/.crabbox/scripts"', copy)
    assert.equal(sh('du -k "$1/sparse" | cut -f1', copy), sh('du -k "$1/sparse" | cut -f1', source.workdir))
  })

  it('forks it several times at once, each as the first', async () => {
    const {forks} = await lab.json<Forked>('checkpoint', 'fork', first.id, '--count', '4')
    const [one, ...others] = forks.map(({lease}) => lease.workdir)
    assert.ok(one)
    assert.equal(others.length, 3)
    for (const other of others) {
      assert.equal(difference(one, other), '')
      assert.equal(sh('du -k "$1/sparse" | cut -f1', other), sh('du -k "$1/sparse" | cut -f1', one))
    }
  })

  it('restores it twice in a row, whatever was done to it between', async () => {
    const reference = join(lab.dir, 'reference')
    sh('cp -a "$1" "$2"', source.workdir, reference)
    for (const damage of [
      'rm -rf sub "with space" empty; printf more >> second; mkdir original.d; chmod 700 odd',
      'rm -rf link; mkdir link; printf x > link/in; setfattr -x user.note original; rm pipe; printf f > pipe; touch new; chmod 0777 .',
    ]) {
      sh(`cd "$1" && ${damage}`, source.workdir)
      assert.notEqual(difference(reference, source.workdir), '')
      await lab.json('checkpoint', 'restore', first.id, '--id', source.slug)
      assert.equal(difference(reference, source.workdir), '')
    }
  })

  it('leaves the source as it was', async () => {
    const reference = join(lab.dir, 'before')
    sh('cp -a "$1" "$2"', source.workdir, reference)
    await lab.json<Checkpoint>('checkpoint', 'create', '--id', source.slug)
    await fork(first.id)
    assert.equal(difference(reference, source.workdir), '')
  })

  it('undoes a restore to the last bit', async () => {
    const reference = join(lab.dir, 'edited')
    sh(
      'cd "$1" && printf edited > original && rm -rf empty && mkdir fresh && touch -d "2003-03-03 03:03:03.3 UTC" sub fresh .',
      source.workdir,
    )
    sh('cp -a "$1" "$2"', source.workdir, reference)
    await lab.json('checkpoint', 'restore', first.id, '--id', source.slug)
    sh('cd "$1" && printf "written in place" > private', source.workdir)
    await lab.json('checkpoint', 'undo', '--id', source.slug)
    assert.equal(difference(reference, source.workdir), '')
  })
})

import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {openCatalog} from '../../src/state/catalog.js'
import {openLeases} from '../../src/state/leases.js'
import {temporaryDirectory} from '../support/temporary.js'
import {checkpoint, lease} from './support/records.js'

const REPO = {name: 'repo', remote: null, head: null, branch: null, dirty: false}

describe('the catalog', () => {
  const directory = temporaryDirectory()

  it('takes records of every state, with and without what is optional', async () => {
    const rows = [
      checkpoint({state: 'creating'}),
      checkpoint({state: 'failed', failure: 'no reason'}),
      checkpoint({state: 'deleting', artifact: {commands: []}}),
      checkpoint({repo: REPO, sizes: {content: 1, stored: 1, entries: 1}, labels: {a: 'b'}}),
    ]
    const catalog = openCatalog(directory())
    await catalog.transact(all => rows.forEach(row => all.set(row.id, row)))
    const read = await catalog.read()
    assert.deepEqual([...read.rows.values()], rows)
    assert.deepEqual(read.damaged, [])
  })

  for (const [field, value] of [
    ['id', 'chk_1'],
    ['tier', 'memory'],
    ['state', 'done'],
    ['createdAt', null],
    ['provider', 7],
    ['lease', {id: 'cbx_0123456789ab'}],
    ['workdir', '/work'],
    ['labels', null],
    ['labels', ['a']],
    ['warnings', undefined],
    ['repo', 'repo'],
    ['sizes', {content: '1'}],
    ['artifact', undefined],
  ] as const) {
    it(`calls a record damaged whose ${field} is ${JSON.stringify(value)}, and shows the others`, async () => {
      const good = checkpoint()
      const {id} = checkpoint()
      const rows = {[good.id]: good, [id]: {...checkpoint({id}), [field]: value}}
      await writeFile(join(directory(), 'catalog.json'), JSON.stringify({schemaVersion: 1, rows}))
      const read = await openCatalog(directory()).read()
      assert.deepEqual([...read.rows.keys()], [good.id])
      assert.deepEqual(
        read.damaged.map(row => row.id),
        [id],
      )
    })
  }
})

describe('the leases', () => {
  const directory = temporaryDirectory()

  it('takes a lease that is being made, before its provider has placed it', async () => {
    const rows = [lease({state: 'creating', workRoot: '', workdir: ''}), lease({repo: REPO})]
    const leases = openLeases(directory())
    await leases.transact(all => rows.forEach(row => all.set(row.id, row)))
    const read = await leases.read()
    assert.deepEqual([...read.rows.values()], rows)
    assert.deepEqual(read.damaged, [])
  })

  for (const [field, value] of [
    ['id', 'cbx_1'],
    ['state', 'failed'],
    ['slug', undefined],
    ['class', null],
    ['workdir', 1],
    ['history', {}],
    ['details', []],
    ['repo', undefined],
  ] as const) {
    it(`calls a lease damaged whose ${field} is ${JSON.stringify(value)}, and shows the others`, async () => {
      const good = lease()
      const {id} = lease()
      const rows = {[good.id]: good, [id]: {...lease({id}), [field]: value}}
      await writeFile(join(directory(), 'leases.json'), JSON.stringify({schemaVersion: 1, rows}))
      const read = await openLeases(directory()).read()
      assert.deepEqual([...read.rows.keys()], [good.id])
      assert.deepEqual(
        read.damaged.map(row => row.id),
        [id],
      )
    })
  }
})

import assert from 'node:assert/strict'
import {readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {openCatalog} from '../../src/state/catalog.js'
import {temporaryDirectory} from '../support/temporary.js'
import {checkpoint} from './support/records.js'
import {checkNumber, openTable, type NumberRow} from './support/rows.js'

describe('what a table refuses', () => {
  const directory = temporaryDirectory()
  const file = (): string => join(directory(), 'table.json')
  const table = (): ReturnType<typeof openTable<NumberRow>> => openTable<NumberRow>(file(), checkNumber)
  const put = (id: string, value: number): Promise<void> => table().transact(rows => void rows.set(id, {id, value}))

  it('is a newer schema, wherever that keeps its rows', async () => {
    const newer = '{"schemaVersion":2,"records":[]}'
    await writeFile(file(), newer)
    for (const attempt of [table().read(), put('a', 1), table().rollback()])
      await assert.rejects(attempt, {code: 'STATE_TOO_NEW', kind: 'config'})
    assert.equal(await readFile(file(), 'utf8'), newer)
    assert.deepEqual(await readdir(directory()), ['table.json'])
  })

  it('is a row in the place of a damaged one, which another version may still read', async () => {
    const content = '{"schemaVersion":1,"rows":{"a":{"id":"a"}}}'
    await writeFile(file(), content)
    await assert.rejects(put('a', 1), {code: 'RECORD_DAMAGED', hint: /doctor --repair/})
    assert.equal(await readFile(file(), 'utf8'), content)
  })

  it('is to repair what is not damaged', async () => {
    await put('a', 1)
    assert.deepEqual(await table().repair(() => true), [])
    assert.deepEqual([...(await table().read()).rows.keys()], ['a'])
  })

  it('is to roll back a file that can be read, so that a second repair loses nothing', async () => {
    await put('a', 1)
    await put('b', 2)
    await assert.rejects(table().rollback(), {code: 'STATE_NOT_BROKEN', kind: 'busy'})
    assert.equal((await table().read()).rows.size, 2)
  })

  it('is to roll back to a generation that is broken too', async () => {
    await writeFile(file(), 'broken')
    await writeFile(`${file()}.previous`, 'broken too')
    await assert.rejects(table().rollback(), {code: 'NO_PREVIOUS_GENERATION'})
    assert.deepEqual((await readdir(directory())).sort(), ['table.json', 'table.json.previous'])
  })

  it('is not 10,000 checkpoints: they are read in less than two seconds', async () => {
    const rows = Array.from({length: 10_000}, () => checkpoint({note: 'x'.repeat(200)}))
    const catalog = openCatalog(directory())
    await catalog.transact(all => rows.forEach(row => all.set(row.id, row)))
    const began = performance.now()
    assert.equal((await catalog.read()).rows.size, 10_000)
    assert.ok(performance.now() - began < 2000)
  })
})

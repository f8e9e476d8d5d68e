import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {temporaryDirectory} from '../support/temporary.js'
import {checkNumber, openTable, type NumberRow} from './support/rows.js'

describe('a damaged row', () => {
  const directory = temporaryDirectory()
  const file = (): string => join(directory(), 'table.json')
  const table = (): ReturnType<typeof openTable<NumberRow>> => openTable<NumberRow>(file(), checkNumber)
  const bad = {wrong: {id: 'wrong', value: 'text', more: [1, {a: null}]}, none: null, other: {id: 'else', value: 1}}

  beforeEach(() => writeFile(file(), JSON.stringify({schemaVersion: 1, rows: {good: {id: 'good', value: 1}, ...bad}})))

  it('is listed with the reason, and hides no other', async () => {
    const {rows, damaged} = await table().read()
    assert.deepEqual([...rows.keys()], ['good'])
    assert.deepEqual(damaged, [
      {id: 'wrong', reason: 'it has no number'},
      {id: 'none', reason: 'it has no number'},
      {id: 'other', reason: 'its id is not the one it is stored under'},
    ])
  })

  it('survives writes of other rows as it is', async () => {
    await table().transact(rows => void rows.set('new', {id: 'new', value: 2}))
    await table().transact(rows => void rows.delete('good'))
    const content = JSON.parse(await readFile(file(), 'utf8')) as {rows: object}
    assert.deepEqual(content.rows, {...bad, new: {id: 'new', value: 2}})
  })

  it('goes when the table is repaired, and nothing else does', async () => {
    assert.deepEqual(
      (await table().repair(() => true)).map(({id, back}) => [id, back]),
      Object.keys(bad).map(id => [id, false]),
    )
    const {rows, damaged} = await table().read()
    assert.deepEqual([[...rows.keys()], damaged], [['good'], []])
  })
})

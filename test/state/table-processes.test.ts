import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'

import {temporaryDirectory} from '../support/temporary.js'
import {ended, forkWorker} from './support/fork-worker.js'
import {checkNumber, openTable, type NumberRow} from './support/rows.js'

const PROCESSES = 20
const TRANSACTIONS = 25

describe('a table that many processes change', () => {
  const directory = temporaryDirectory()

  it('loses nothing', async () => {
    const file = join(directory(), 'table.json')
    const workers = Array.from({length: PROCESSES}, () => forkWorker('transact', file, String(TRANSACTIONS)))
    assert.deepEqual(
      await Promise.all(workers.map(ended)),
      Array.from({length: PROCESSES}, () => 0),
    )
    const {rows, damaged} = await openTable<NumberRow>(file, checkNumber).read()
    assert.equal(rows.get('shared')?.value, PROCESSES * TRANSACTIONS)
    assert.equal(rows.size, PROCESSES * TRANSACTIONS + 1)
    assert.deepEqual(damaged, [])
    assert.deepEqual((await readdir(directory())).sort(), ['table.json', 'table.json.previous'])
  })
})

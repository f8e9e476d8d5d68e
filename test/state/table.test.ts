import assert from 'node:assert/strict'
import {chmod, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {rootSkip} from '../support/root.js'
import {temporaryDirectory} from '../support/temporary.js'
import {checkNumber, openTable, type NumberRow} from './support/rows.js'

describe('a table', () => {
  const directory = temporaryDirectory()
  const file = (): string => join(directory(), 'table.json')
  const table = (): ReturnType<typeof openTable<NumberRow>> => openTable<NumberRow>(file(), checkNumber)
  const put = (id: string, value: number): Promise<void> => table().transact(rows => void rows.set(id, {id, value}))
  const writeRaw = (content: unknown): Promise<void> =>
    writeFile(file(), typeof content === 'string' ? content : JSON.stringify(content))

  it('is empty where there is no file, and reading makes none', async () => {
    assert.equal((await table().read()).rows.size, 0)
    assert.deepEqual(await readdir(directory()), [])
  })

  it('keeps what it was given, for the user alone', async () => {
    await put('a', 1)
    await put('b', 2)
    assert.deepEqual(
      [...(await table().read()).rows.values()],
      [
        {id: 'a', value: 1},
        {id: 'b', value: 2},
      ],
    )
    for (const name of await readdir(directory()))
      assert.equal((await stat(join(directory(), name))).mode & 0o777, 0o600, name)
  })

  it('writes nothing when nothing changed, or when the change fails', async () => {
    await put('a', 1)
    const before = await stat(file())
    await table().transact(rows => rows.size)
    const failing = table().transact(rows => {
      rows.clear()
      throw new Error('change')
    })
    await assert.rejects(failing, /^Error: change$/)
    assert.equal((await stat(file())).ino, before.ino)
    assert.equal((await table().read()).rows.size, 1)
  })

  it('returns what the change returns', async () => {
    assert.equal(await table().transact(async rows => rows.size + 7), 7)
  })

  for (const content of ['', '{', 'null', '[]', '{"schemaVersion":1}', '{"schemaVersion":1,"rows":null}', '\0\0\0\0']) {
    it(`is never written over a file that holds ${JSON.stringify(content)}`, async () => {
      await writeRaw(content)
      const refused = {code: 'STATE_CORRUPT', kind: 'config', hint: /doctor --repair/}
      await assert.rejects(table().read(), refused)
      await assert.rejects(put('a', 1), refused)
      assert.equal(await readFile(file(), 'utf8'), content)
    })
  }

  it('goes back to the previous generation, and keeps the broken file', async () => {
    await put('a', 1)
    await put('b', 2)
    await put('c', 3)
    await writeRaw('{"half')
    const kept = await table().rollback()
    assert.equal(await readFile(kept ?? '', 'utf8'), '{"half')
    assert.deepEqual([...(await table().read()).rows.keys()], ['a', 'b'])
    await put('d', 4)
    assert.deepEqual([...(await table().read()).rows.keys()], ['a', 'b', 'd'])
    assert.equal((await stat(file())).mode & 0o777, 0o600)
  })

  it('is not taken for empty where the file is gone and its previous generation is not', async () => {
    await put('a', 1)
    await put('b', 2)
    await rm(file())
    const refused = {code: 'STATE_CORRUPT', kind: 'config', message: /is gone/, hint: /doctor --repair/}
    await assert.rejects(table().read(), refused)
    await assert.rejects(put('c', 3), refused)
    assert.equal(await table().rollback(), null)
    assert.deepEqual([...(await table().read()).rows.keys()], ['a'])
  })

  it('takes damaged rows from the previous generation, and drops those that are damaged there, too', async () => {
    for (const [i, id] of ['a', 'b', 'c', 'e'].entries()) await put(id, i)
    const whole = await readFile(file(), 'utf8')
    await put('d', 4)
    await writeFile(`${file()}.previous`, whole.replace('"id":"b"', '"id":"x"'))
    await writeRaw((await readFile(file(), 'utf8')).replaceAll(/"id":"[abde]"/g, '"id":"y"'))
    const repaired = await table().repair(({id}) => id !== 'e')
    assert.deepEqual(
      repaired.map(({id, back}) => [id, back]),
      [
        ['a', true],
        ['b', false],
        ['e', false],
        ['d', false],
      ],
    )
    assert.deepEqual([...(await table().read()).rows.keys()].sort(), ['a', 'c'])
    assert.deepEqual(await table().repair(() => true), [])
  })

  it('has nothing to go back to when there was one generation', async () => {
    await writeRaw('{"half')
    await assert.rejects(table().rollback(), {code: 'NO_PREVIOUS_GENERATION', kind: 'notFound'})
    assert.equal(await readFile(file(), 'utf8'), '{"half')
  })

  it('refuses what a newer version wrote, and leaves it', async () => {
    const newer = JSON.stringify({schemaVersion: 2, rows: {}, more: 'x'})
    await writeRaw(newer)
    await assert.rejects(table().read(), {code: 'STATE_TOO_NEW', kind: 'config'})
    await assert.rejects(put('a', 1), {code: 'STATE_TOO_NEW'})
    assert.equal(await readFile(file(), 'utf8'), newer)
  })

  it(`is read in a directory that cannot be written to${rootSkip ?? ''}`, async function () {
    if (rootSkip !== null) this.skip()
    await put('a', 1)
    await chmod(directory(), 0o500)
    try {
      assert.equal((await table().read()).rows.size, 1)
      await assert.rejects(put('b', 2), {code: 'STATE_DIR_UNUSABLE', kind: 'config'})
    } finally {
      await chmod(directory(), 0o700)
    }
  })

  it('says so when its directory is gone or no directory', async () => {
    await writeFile(join(directory(), 'plain'), '')
    for (const path of ['gone/table.json', 'plain/table.json']) {
      const lost = openTable<NumberRow>(join(directory(), path), checkNumber)
      await assert.rejects(
        lost.transact(rows => rows.clear()),
        {code: 'STATE_DIR_UNUSABLE', kind: 'config'},
      )
    }
  })
})

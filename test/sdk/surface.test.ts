import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'

import {surfaceOf} from './surface.js'

const PINNED = new URL('../../../test/sdk/surface.json', import.meta.url)

const ENTRIES = {crabbox: 'index', 'crabbox/testing': 'testing/index'}

describe('the SDK', () => {
  const surfaces = Object.entries(ENTRIES).map(([name, entry]) => ({name, ...surfaceOf(entry)}))

  it('exports what surface.json says; run the tests with CRABBOX_RENEW_SURFACE=1 where a change is meant', () => {
    const found = Object.fromEntries(surfaces.map(({name, exports}) => [name, exports]))
    if (process.env['CRABBOX_RENEW_SURFACE'] === '1') writeFileSync(PINNED, `${JSON.stringify(found, null, 2)}\n`)
    assert.deepEqual(found, JSON.parse(readFileSync(PINNED, 'utf8')))
  })

  for (const {name, exports} of surfaces)
    it(`gives as ${name} what is declared, and nothing else`, async () => {
      const declared = Object.keys(exports).filter(key => exports[key] !== 'type')
      assert.deepEqual(Object.keys((await import(name)) as object).sort(), declared.sort())
    })

  for (const {name, undocumented} of surfaces)
    it(`says of all that ${name} exports what it is, and of each operation what it does`, () => {
      assert.deepEqual(undocumented, [])
    })

  for (const path of ['dist/index.js', 'dist/core/errors.js', 'src/index.ts', 'core/errors', 'testing/run'])
    it(`cannot be gone round by importing crabbox/${path}`, async () => {
      await assert.rejects(import(`crabbox/${path}`), {code: 'ERR_PACKAGE_PATH_NOT_EXPORTED'})
    })
})

import assert from 'node:assert/strict'
import {execFileSync, spawn} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {localTransport} from '../../src/transports/local.js'
import {recoverSidecar} from '../../src/workspace/sidecar.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('a swap that cannot be finished', () => {
  const dir = temporaryDirectory()
  const {signal} = new AbortController()
  const target = (): string => join(dir(), 'shop')
  const put = (path: string, content = ''): void => {
    mkdirSync(dirname(join(dir(), path)), {recursive: true})
    writeFileSync(join(dir(), path), content)
  }
  /** As SEAL leaves it, and the first line of SWAP. */
  const seal = (unit: string): void => {
    put('.crabbox-shop/staging/unit', unit)
    for (const [name, content] of Object.entries({unit, keep: 'keep', source: 'staging', existed: '', sealed: ''}))
      put(`.crabbox-shop/next/${name}`, content)
    put('.crabbox-shop/next/meta.json', '{}')
  }
  const recover = (): ReturnType<typeof recoverSidecar> =>
    recoverSidecar(localTransport(), target(), {stateDir: dir(), signal})
  const all = (name: string): string =>
    execFileSync('find', [dir(), '-name', name], {encoding: 'utf8'}).replaceAll(`${dir()}/`, '').trim()

  it('keeps what it has moved when somebody has made the directory again, however often it is tried', async () => {
    seal('dist')
    put('.crabbox-shop/next/tree/dist/precious', 'only one')
    put('.crabbox-shop/staging/tree/dist/new', 'new')
    put('shop/dist/again')
    for (let i = 0; i < 3; i++) {
      await assert.rejects(recover(), {code: 'RESTORE_UNFINISHED', message: /shop\/dist aside, and that was made anew/})
      assert.equal(all('precious'), '.crabbox-shop/next/tree/dist/precious')
    }

    execFileSync('rm', ['-r', join(target(), 'dist')])
    await recover()
    assert.equal(readFileSync(join(target(), 'dist/new'), 'utf8'), 'new')
    assert.equal(all('precious'), '.crabbox-shop/undo/tree/dist/precious')
  })

  it('is left to whoever finishes it, for as long as he lives', async () => {
    seal('file')
    put('.crabbox-shop/staging/tree/file', 'saved')
    put('.crabbox-shop/next/tree/file', 'mine')
    put('shop/another')
    const other = spawn('sleep', ['1.5'])
    put('.crabbox-shop/next/pid', String(other.pid))
    let gone = false
    other.once('exit', () => (gone = true))
    await recover()
    assert.equal(gone, true)
    assert.equal(readFileSync(join(target(), 'file'), 'utf8'), 'saved')
  })

  it('is given up where a file was copied aside, and not moved', async () => {
    seal('file')
    put('.crabbox-shop/next/tree/file', 'mine')
    put('.crabbox-shop/staging/tree/file', 'saved')
    put('shop/file', 'mine')
    assert.equal(await recover(), 'given up')
    assert.equal(readFileSync(join(target(), 'file'), 'utf8'), 'mine')
    assert.equal(existsSync(join(dir(), '.crabbox-shop/next')), false)
  })
})

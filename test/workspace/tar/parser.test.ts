import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {gnuTar} from '../../support/gnu-tar.js'
import {LONG_NAME, LONG_PATH, makeHardTree, NOT_UTF8} from '../../support/hard-tree.js'
import {parseTar} from '../../support/tar-events.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('the tar parser', () => {
  const root = temporaryDirectory()
  let tar: Buffer
  const entry = (path: string): ReturnType<typeof parseTar>['entries'][number] => {
    const found = parseTar(tar).entries.find(({header}) => header.path === path)
    assert.ok(found, `no entry ${path}`)
    return found
  }

  beforeEach(async () => {
    await makeHardTree(root())
    tar = gnuTar(root(), '--sort=name')
  })

  it('sees the same in chunks of any length', () => {
    const whole = parseTar(tar)
    assert.equal(whole.finished, true)
    for (const chunk of [1, 7, 511, 513, 64 << 10]) assert.deepEqual(parseTar(tar, chunk), whole, `${chunk} bytes`)
  })

  it('says where entries lie, without a gap', () => {
    let end = 0
    for (const {at, length} of parseTar(tar).entries) {
      assert.equal(at, end)
      assert.equal(length % 512, 0)
      end = at + length
    }

    assert.ok(end + 1024 <= tar.length)
  })

  it('keeps names that are long or no UTF-8', () => {
    assert.equal(entry(LONG_NAME).bytes, 9)
    assert.equal(entry(`${LONG_PATH}/leaf`).header.type, 'file')
    assert.equal(entry(NOT_UTF8.toString('latin1')).bytes, 5)
    assert.equal(entry('two\nlines').bytes, 9)
    assert.equal(entry(Buffer.from('ünï').toString('latin1')).header.size, 5)
    assert.equal(entry('long-link').header.target, 'x'.repeat(300))
  })

  it('gives the bytes of every file, holes included', () => {
    for (const name of ['sparse', 'big', 'empty.txt', 'plain.txt']) {
      const content = readFileSync(join(root(), name))
      const {header, bytes, content: seen} = entry(name)
      assert.equal(header.size, content.length)
      assert.equal(bytes, content.length)
      assert.equal(seen, createHash('sha256').update(content).digest('hex'), name)
    }

    assert.equal(entry('sparse').header.sparse, true)
    assert.ok(entry('sparse').length < 100_000)
  })

  it('tells links, types, modes and times', () => {
    assert.deepEqual([entry('holder/second').header.type, entry('holder/second').header.target], ['hardlink', 'first'])
    assert.equal(entry('zzz-third').header.target, 'first')
    assert.deepEqual([entry('link').header.type, entry('link').header.target], ['symlink', 'plain.txt'])
    assert.deepEqual([entry('').header.type, entry('fifo').header.type], ['directory', 'fifo'])
    assert.equal(entry('holder').header.mode, 0o711)
    assert.equal(entry('plain.txt').header.mtime, '946684799.123456789')
    assert.equal(entry('link').header.mtime, '978307200.000000001')
  })
})

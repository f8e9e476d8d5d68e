import assert from 'node:assert/strict'
import {chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {localTransport} from '../../src/transports/local.js'
import {listTree} from '../../src/workspace/listing.js'
import {parseListing} from '../support/parse-listing.js'
import type {Stat} from '../../src/workspace/stat.js'
import {makeHardTree} from '../support/hard-tree.js'
import {rootSkip} from '../support/root.js'
import {temporaryDirectory} from '../support/temporary.js'
import {pictureOf} from '../support/tree.js'

describe('listing a tree', () => {
  const root = temporaryDirectory()
  const signal = new AbortController().signal
  const list = async (): Promise<Map<string, Stat>> => {
    const {stats} = await listTree(localTransport(), root(), signal)
    return new Map(stats.map(stat => [stat.path, stat]))
  }

  it('finds every file under its own bytes', async () => {
    await makeHardTree(root())
    assert.deepEqual([...(await list()).keys()].sort(), [...(await pictureOf(root())).keys()].sort())
  })

  it('lists a directory before what it holds, and itself first', async () => {
    await makeHardTree(root())
    const seen = new Set<string>()
    for (const path of (await list()).keys()) {
      assert.ok(path === '' || seen.has(path.slice(0, Math.max(0, path.lastIndexOf('/')))), path)
      seen.add(path)
    }
  })

  it('tells types, modes, sizes, links and times to the nanosecond', async () => {
    await makeHardTree(root())
    const stats = await list()
    const plain = stats.get('plain.txt')
    assert.deepEqual([plain?.type, plain?.mode, plain?.size, plain?.mtime], ['file', 0o644, 6, '946684799.123456789'])
    assert.deepEqual([stats.get('link')?.type, stats.get('link')?.target], ['symlink', 'plain.txt'])
    assert.equal(stats.get('holder/dangling')?.target, Buffer.from('../../outside/ü').toString('latin1'))
    assert.deepEqual([stats.get('holder')?.mode, stats.get('fifo')?.type], [0o711, 'fifo'])
    assert.equal(stats.get('first')?.inode, stats.get('zzz-third')?.inode)
    assert.equal(stats.get('first')?.links, 3)
  })

  it('knows change times only once they can be told from later ones', () => {
    const row = (path: string, ctime: string): string =>
      [path, 'f', '644', '0', '0', '1', '1000.0000000000', ctime, '1:2', '1', '', ''].join('\0')
    const {stats} = parseListing(
      Buffer.from(`1000.500000000\0${row('a', '1000.4700000000')}${row('b', '1000.4900000000')}`),
    )
    assert.deepEqual(
      stats.map(stat => [stat.path, stat.ctime]),
      [
        ['a', '1000.470000000'],
        ['b', ''],
      ],
    )
  })

  it('goes on when files vanish under it', async () => {
    for (let i = 0; i < 60; i++) {
      mkdirSync(join(root(), `d${i}`))
      for (let j = 0; j < 60; j++) writeFileSync(join(root(), `d${i}`, `two\nlines ${j}`), '')
    }

    const listing = list()
    for (let i = 59; i >= 0; i--) {
      rmSync(join(root(), `d${i}`), {recursive: true})
      if (i % 10 === 0) await sleep(1)
    }

    assert.ok((await listing).has(''))
  })

  it('does not follow links, also not to a parent', async () => {
    mkdirSync(join(root(), 'a'))
    symlinkSync('..', join(root(), 'a/up'))
    writeFileSync(join(root(), 'one'), '')
    linkSync(join(root(), 'one'), join(root(), 'a/one'))
    assert.deepEqual([...(await list()).keys()].sort(), ['', 'a', 'a/one', 'a/up', 'one'])
  })

  it(`fails when a directory cannot be read${rootSkip ?? ''}`, async function () {
    if (rootSkip !== null) this.skip()
    mkdirSync(join(root(), 'closed'))
    chmodSync(join(root(), 'closed'), 0)
    await assert.rejects(list(), {code: 'HOST_COMMAND_FAILED', message: /closed.*Permission denied/})
    chmodSync(join(root(), 'closed'), 0o700)
  })

  it('fails when there is no such directory, and when it is a file', async () => {
    for (const path of ['gone', 'file']) {
      writeFileSync(join(root(), 'file'), '')
      await assert.rejects(listTree(localTransport(), join(root(), path), signal), {code: 'WORKDIR_NOT_FOUND'})
    }
  })

  it('names mount points, which are not saved', () => {
    const line = (path: string, device: number): string =>
      [path, 'd', '755', '0', '0', '4096', '1.5', '1.5', `${device}:1`, '2', ''].join('\0')
    const {stats, warnings} = parseListing(Buffer.from(`99.0\0${line('', 1)}\0${line('data', 2)}\0`))
    assert.deepEqual(
      stats.map(stat => stat.mtime),
      ['1.500000000', '1.500000000'],
    )
    assert.deepEqual(warnings, ['data is a mount point; what is mounted there is not saved'])
  })
})

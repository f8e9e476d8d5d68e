import assert from 'node:assert/strict'
import {access, mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {writeDurably} from '../../src/state/files.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {ownIdentity} from '../../src/state/process.js'
import {sweepAbandoned} from '../../src/state/sweep.js'
import {temporaryDirectory} from '../support/temporary.js'
import {held, kill, workers} from './support/processes.js'

/** More than any system gives out, so that it is nobody's. */
const NOBODY = 2 ** 30

describe('a durable write', function () {
  this.timeout(60_000)
  const directory = temporaryDirectory()
  const start = workers()

  it('replaces a file and leaves nothing beside it', async () => {
    const file = join(directory(), 'file')
    await writeDurably(file, 'one')
    await writeDurably(file, Buffer.from('two'))
    assert.equal(await readFile(file, 'utf8'), 'two')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(directory()), ['file'])
  })

  it('keeps the old content under another name where it is asked to, from the second write on', async () => {
    const file = join(directory(), 'file')
    const previous = join(directory(), 'previous')
    await writeDurably(file, 'one', previous)
    await assert.rejects(access(previous))
    await writeDurably(file, 'two', previous)
    await writeDurably(file, 'three', previous)
    assert.equal(await readFile(previous, 'utf8'), 'two')
    assert.deepEqual((await readdir(directory())).sort(), ['file', 'previous'])
  })

  it('leaves both generations as they were when it fails, and no temporary file', async () => {
    const file = join(directory(), 'file')
    await mkdir(file)
    await writeFile(join(directory(), 'previous'), 'older')
    await assert.rejects(writeDurably(file, 'new', join(directory(), 'previous')), {code: 'STATE_DIR_UNUSABLE'})
    assert.equal(await readFile(join(directory(), 'previous'), 'utf8'), 'older')
    assert.deepEqual((await readdir(directory())).sort(), ['file', 'previous'])
  })

  it('leaves whole files whenever it is killed', async () => {
    const file = join(directory(), 'file')
    const previous = join(directory(), 'previous')
    for (let round = 0; round < 12; round++) {
      const child = await held(start('write', file, previous))
      await sleep(Math.random() * 20)
      await kill(child)
      for (const path of [file, ...(round > 0 ? [previous] : [])]) {
        const {i, text, end} = JSON.parse(await readFile(path, 'utf8')) as {i: number; text: string; end: number}
        assert.equal(i, end)
        assert.equal(text.length, 200_000)
      }
    }
  })
})

describe('the sweep', () => {
  const directory = temporaryDirectory()
  beforeEach(() => prepareStateDir(directory()))
  const put = (name: string, content = ''): Promise<void> => writeFile(join(directory(), name), content)
  const left = async (): Promise<string[]> => {
    const entries = await readdir(directory(), {recursive: true, withFileTypes: true})
    return entries.filter(entry => entry.isFile()).map(entry => entry.name)
  }

  it('removes the temporary files, mutexes and graves of dead processes', async () => {
    const dead = JSON.stringify({...ownIdentity(), pid: NOBODY, nonce: 'dead'})
    await put(`catalog.json.${NOBODY}-0123abcd.tmp`)
    await put(`manifests/chk_0123456789abcdef.${NOBODY}-0123abcd.tmp`)
    await put(`locks/mutex.${NOBODY}-0123abcd.tmp`)
    await put('leases.json.lock', dead)
    await put('catalog.json.lock.gone.grave', dead)
    await put('locks/mutex.gone.grave', dead)
    await sweepAbandoned(directory())
    assert.deepEqual(await left(), [])
  })

  it('keeps what live processes are writing, and everything that is no temporary file', async () => {
    const names = [`catalog.json.${process.pid}-0123abcd.tmp`, 'catalog.json', `notes.${NOBODY}.tmp`]
    for (const name of names) await put(name)
    await sweepAbandoned(directory())
    assert.deepEqual((await left()).sort(), names.sort())
  })

  it('keeps the grave that a live process is digging', async () => {
    await put('catalog.json.lock.dying.grave', JSON.stringify({...ownIdentity(), nonce: 'digger'}))
    await sweepAbandoned(directory())
    assert.deepEqual(await left(), ['catalog.json.lock.dying.grave'])
  })
})

import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {chmod, mkdir, rm, stat, symlink, truncate, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {localTransport} from '../../src/transports/local.js'
import {decodeBaseline} from '../../src/workspace/baseline-text.js'
import {checkStaged} from '../../src/workspace/check-staged.js'
import type {Entry, Tree} from '../../src/workspace/entry.js'
import {parseProbe, type HostTools} from '../../src/workspace/host.js'
import {isFilled} from '../../src/workspace/is-filled.js'
import {listTree} from '../../src/workspace/listing.js'
import type {Manifest} from '../../src/workspace/manifest.js'
import {newWitness} from '../../src/workspace/witness.js'
import type {StageRequest} from '../../src/workspace/stage-request.js'
import {listStaged, type Staged} from '../../src/workspace/staged.js'
import {entryOf, idOf} from '../support/entries.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('what fills a workdir', () => {
  const dir = temporaryDirectory()
  const {signal} = new AbortController()
  let entries: readonly Entry[]
  const resetTimes = async (): Promise<void> => {
    for (const path of ['d', '']) await utimes(join(dir(), path), 1, 1)
  }

  beforeEach(async () => {
    await mkdir(join(dir(), 'd'))
    await writeFile(join(dir(), 'd', 'a'), 'text')
    await writeFile(join(dir(), 'b'), '')
    await symlink('d', join(dir(), 'link'))
    await resetTimes()
    const {stats} = await listTree(localTransport(), dir(), signal)
    entries = stats.map(({path, type, mode, size, mtime, target}) =>
      entryOf(path, {path, type: type as Entry['type'], mode, size, mtime, target, hardlink: ''}),
    )
  })

  const treeOf = (expected: readonly Entry[]): Tree => new Map(expected.map(entry => [entry.path, entry]))
  const check = (expected = entries, root = true): Promise<Staged | null> => {
    const manifest = {id: idOf(1), tree: treeOf(expected)} as unknown as Manifest
    const plan = {unit: '', expected, send: [], directories: []}
    const tools = toolsOf(root)
    const request = {transport: localTransport(), plan, tools, empty: true, manifest} as unknown as StageRequest
    return checkStaged(request, dir(), null, signal)
  }

  it('is known as it is printed', async () => {
    assert.ok(isFilled(await listStaged(localTransport(), dir(), signal), treeOf(entries)))
  })

  it('has a baseline of all that is there, in which every change time can be told from later ones', async () => {
    await writeFile(join(dir(), 'b'), '')
    const {mtimeNs} = await stat(join(dir(), 'b'), {bigint: true})
    const mtime = `${mtimeNs / 1_000_000_000n}.${String(mtimeNs % 1_000_000_000n).padStart(9, '0')}`
    const staged = await check(entries.map(entry => (entry.path === 'b' ? {...entry, mtime} : entry)))
    const baseline = await staged?.baseline?.(idOf(1))
    assert.ok(baseline !== undefined)
    const read = await decodeBaseline(baseline)
    assert.equal(read?.checkpoint, idOf(1))
    for (const {path, ctime} of read.stats.values()) assert.notEqual(ctime, '', path)
    assert.deepEqual(read.stats, new Map((await listTree(localTransport(), dir(), signal)).stats.map(s => [s.path, s])))
  })

  it('is looked at closer where it may be as it should be nevertheless', async () => {
    // Only the superuser keeps the bits that let others be somebody else.
    const wanted = entries.map(entry => (entry.path === 'b' ? {...entry, mode: entry.mode | 0o4000} : entry))
    const baseline = await (await check(wanted, false))?.baseline?.(idOf(1))
    assert.equal((await decodeBaseline(baseline ?? Buffer.alloc(0)))?.stats.size, entries.length)
    await assert.rejects(check(wanted), {code: 'VERIFY_FAILED', message: /b has the mode 644 instead of 4644/})
  })

  const parts: Record<string, {unit: string; empty: boolean}> = {
    'all of it': {unit: '', empty: true},
    'a part of it': {unit: 'd', empty: true},
    'a part of what was there': {unit: 'd', empty: false},
  }
  for (const [what, {unit, empty}] of Object.entries(parts))
    it(`is refused with other content where it is ${what}`, async () => {
      const content = createHash('sha256').update('text').digest('hex')
      const hash = async (sha256: string): Promise<Staged | null> => {
        const send = entries.filter(({path}) => path === 'd/a').map(entry => ({...entry, sha256}))
        const expected = entries.filter(({path}) => path.startsWith(unit))
        const plan = {unit, expected, send, directories: []}
        const manifest = {id: idOf(1), tree: treeOf(entries)}
        const request = {
          transport: localTransport(),
          plan,
          tools: toolsOf(true),
          empty,
          manifest,
          witness: newWitness(),
        }
        return checkStaged(request as unknown as StageRequest, dir(), Promise.resolve(new Map()), signal)
      }
      await hash(content)
      await assert.rejects(hash('0'.repeat(64)), {code: 'VERIFY_FAILED', message: /d\/a has other content/})
    })

  const wrong: Record<string, readonly [() => Promise<unknown>, RegExp]> = {
    'a file that is not there': [() => rm(join(dir(), 'd', 'a')), /d\/a is missing/],
    'a file too many': [() => writeFile(join(dir(), 'd', 'more'), ''), /d\/more was not saved/],
    'a file of another size': [() => truncate(join(dir(), 'd', 'a'), 1), /d\/a has 1 bytes/],
    'a file of another time': [() => utimes(join(dir(), 'b'), 2, 2), /b has the time 2\.0/],
    'a directory of another mode': [() => chmod(join(dir(), 'd'), 0o700), /d has the mode 700/],
    'a link to elsewhere': [
      () => rm(join(dir(), 'link')).then(() => symlink('x', join(dir(), 'link'))),
      /link points elsewhere/,
    ],
  }
  for (const [what, [change, message]] of Object.entries(wrong))
    it(`is refused with ${what}`, async () => {
      await change()
      await resetTimes()
      await assert.rejects(check(), {code: 'VERIFY_FAILED', message})
    })
})

/** The programs of a host of GNU's, for the superuser or for somebody else. */
const toolsOf = (root: boolean): HostTools =>
  parseProbe(`${root ? 0 : 1}\nlister gnu\ntar tar (GNU tar) 1.34\nsha256sum`)

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {chmod, mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {delimiter, join} from 'node:path'

import type {Transport} from '../../src/core/transport.js'
import {localTransport} from '../../src/transports/local.js'
import {probeHost} from '../../src/workspace/host.js'
import {listStaged} from '../../src/workspace/staged.js'
import {twinAt, type CopyRequest, type Looks} from '../../src/workspace/twin.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('copies of a directory on its host', () => {
  const dir = temporaryDirectory()
  const {signal} = new AbortController()
  let source: string
  let looks: Looks
  let spawned: number
  let path: string | undefined

  const transport: Transport = {
    ...localTransport(),
    spawn: (command, until) => {
      spawned++
      const env = path === undefined ? command.env : {...command.env, PATH: path}
      return localTransport().spawn({...command, env}, until)
    },
  }

  beforeEach(async () => {
    path = undefined
    source = join(dir(), 'source')
    await mkdir(join(source, 'd'), {recursive: true})
    await writeFile(join(source, 'd', 'a'), 'text')
    await writeFile(join(source, 'big'), Buffer.alloc(300_000, 'x'))
    const {fingerprint} = await listStaged(transport, source, signal)
    const changed = execFileSync('find', [source, '-maxdepth', '0', '-printf', '%C@'], {encoding: 'utf8'})
    looks = {fingerprint: fingerprint() ?? '', changed}
    spawned = 0
  })

  /** As a fork has it: a directory in a staging directory of its own. */
  const into = async (name: string): Promise<string> => {
    const tree = join(dir(), name, 'tree')
    await mkdir(tree, {recursive: true})
    return tree
  }
  const requestFor = async (tree: string): Promise<CopyRequest> => ({
    ...{transport, tools: await probeHost(localTransport(), signal), into: tree, entries: [], signal},
  })
  const copies = async (...trees: string[]): Promise<boolean[]> => {
    const requests = await Promise.all(trees.map(requestFor))
    const twin = twinAt(source, looks)
    return Promise.all(requests.map(request => twin.copy(request)))
  }

  it('are made at once, by one script', async () => {
    const trees = await Promise.all(['one', 'two', 'three'].map(into))
    assert.deepEqual(await copies(...trees), [true, true, true])
    assert.equal(spawned, 1)
    for (const tree of trees) {
      assert.deepEqual((await readdir(tree)).sort(), ['big', 'd'])
      assert.equal(await readFile(join(tree, 'd', 'a'), 'utf8'), 'text')
      assert.equal((await stat(join(tree, 'big'))).size, 300_000)
      assert.deepEqual(await readdir(join(tree, '..')), ['tree'])
    }
  })

  it('do not fail because one of them does', async () => {
    const [one, gone, three] = await Promise.all(['one', 'gone', 'three'].map(into))
    assert.ok(one !== undefined && gone !== undefined && three !== undefined)
    await rm(gone, {recursive: true})
    assert.deepEqual(await copies(one, gone, three), [true, false, true])
    assert.equal(await readFile(join(three, 'd', 'a'), 'utf8'), 'text')
  })

  it('are not believed where somebody writes to the first', async () => {
    const tree = await into('one')
    await writeFile(join(source, 'd', 'a'), 'TEXT')
    assert.deepEqual(await copies(tree), [false])
  })

  it('are not believed where not all of the first could be read', async () => {
    const bin = join(dir(), 'bin')
    await mkdir(bin)
    const real = execFileSync('sh', ['-c', 'command -v tar'], {encoding: 'utf8'}).trim()
    const fake = `#!/bin/sh\n${real} "$@" || exit\ncase "$*" in *--create*) exit 2 ;; esac\n`
    await writeFile(join(bin, 'tar'), fake)
    await chmod(join(bin, 'tar'), 0o755)
    path = [bin, process.env['PATH']].join(delimiter)
    assert.deepEqual(await copies(await into('one'), await into('two')), [false, false])
  })

  it('are not begun where there is no room for all of them', async () => {
    const tree = await into('one')
    const request = await requestFor(tree)
    const entries = [{length: 2 ** 60}] as unknown as CopyRequest['entries']
    assert.equal(await twinAt(source, looks).copy({...request, entries}), false)
    assert.deepEqual(await readdir(tree), [])
  })
})

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {chmod, mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {delimiter, join} from 'node:path'

import type {Transport} from '../../src/core/transport.js'
import {localTransport} from '../../src/transports/local.js'
import {fingerprintOf} from '../../src/workspace/fingerprint.js'
import {listStaged} from '../../src/workspace/staged.js'
import {twinAt, type Looks} from '../../src/workspace/twin.js'
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
    const fingerprint = fingerprintOf(await listStaged(transport, source, signal))
    const changed = execFileSync('find', [source, '-maxdepth', '0', '-printf', '%C@'], {encoding: 'utf8'})
    looks = {fingerprint: fingerprint ?? '', changed}
    spawned = 0
  })

  /** As a fork has it: a directory in a staging directory of its own. */
  const into = async (name: string): Promise<string> => {
    const tree = join(dir(), name, 'tree')
    await mkdir(tree, {recursive: true})
    return tree
  }
  const copies = (...trees: string[]): Promise<boolean[]> => {
    const twin = twinAt(source, looks)
    return Promise.all(trees.map(tree => twin.copy({transport, into: tree, bare: true, signal})))
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
    const real = execFileSync('sh', ['-c', 'command -v cp'], {encoding: 'utf8'}).trim()
    await writeFile(join(bin, 'cp'), `#!/bin/sh\n${real} "$@" && case $1 in --version) ;; *) exit 1 ;; esac\n`)
    await chmod(join(bin, 'cp'), 0o755)
    path = [bin, process.env['PATH']].join(delimiter)
    assert.deepEqual(await copies(await into('one'), await into('two')), [false, false])
  })
})

import assert from 'node:assert/strict'
import {chmodSync, existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {localTransport} from '../../src/transports/local.js'
import {runScript} from '../../src/transports/script.js'
import {PREPARE} from '../../src/workspace/staging-scripts.js'
import {RECOVER} from '../../src/workspace/swap-scripts.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('a staging directory', () => {
  const dir = temporaryDirectory()
  const {signal} = new AbortController()
  const sidecar = (): string => join(dir(), '.crabbox-app')
  const tree = (): string => join(sidecar(), 'staging', 'tree')
  const run = async (script: string, ...args: string[]): Promise<string> => {
    const {stdout} = await runScript(localTransport(), script, [sidecar(), ...args], signal, {purpose: 'test'})
    return stdout.toString()
  }
  const kept = async (attempt: string, what = 'content'): Promise<boolean> =>
    (await run(PREPARE, what, attempt, 'here-1')).startsWith('kept\n')

  const begin = async (): Promise<void> => {
    assert.equal(await kept('one'), false)
    mkdirSync(join(tree(), 'sub'))
    writeFileSync(join(tree(), 'sub', 'file'), 'text')
  }

  it('is gone on with by the attempt that it is of, and begun anew by any other', async () => {
    await begin()
    assert.equal(await kept('one'), true)
    assert.equal(existsSync(join(tree(), 'sub', 'file')), true)
    assert.equal(await kept('two'), false)
    assert.deepEqual(readdirSync(tree()), [])
    assert.deepEqual(readdirSync(sidecar()), ['staging'])
  })

  it('is of nobody where no attempt may go on', async () => {
    await kept('')
    assert.equal(await kept(''), false)
  })

  it('is begun anew where there was nothing to fill', async () => {
    await kept('one', 'metadata')
    assert.equal(await kept('one'), false)
    assert.deepEqual(readdirSync(tree()), [])
  })

  it('has directories of its own afterwards, which whoever still has the old ones cannot close', async () => {
    await begin()
    const sub = join(tree(), 'sub')
    chmodSync(sub, 0o555)
    const [directory, file] = [statSync(sub).ino, statSync(join(sub, 'file')).ino]
    assert.equal(await kept('one'), true)
    assert.notEqual(statSync(sub).ino, directory)
    assert.equal(statSync(join(sub, 'file')).ino, file)
    assert.equal(statSync(sub).mode & 0o777, 0o755)
    assert.deepEqual(readdirSync(sidecar()), ['staging'])
  })

  it('is left alone by the first look of its next attempt, and removed by that of others', async () => {
    await begin()
    await run(RECOVER, join(dir(), 'app'), 'one', '')
    assert.equal(existsSync(tree()), true)
    await run(RECOVER, join(dir(), 'app'), '', '')
    assert.equal(existsSync(sidecar()), false)
  })

  it('is left alone by another client that only reads, for an hour, and removed by its own', async () => {
    await begin()
    await run(RECOVER, join(dir(), 'app'), '', 'there')
    assert.equal(existsSync(tree()), true)
    const before = Date.now() / 1000 - 3700
    utimesSync(join(sidecar(), 'staging', 'owner'), before, before)
    await run(RECOVER, join(dir(), 'app'), '', 'there')
    assert.equal(existsSync(sidecar()), false)
    await begin()
    await run(RECOVER, join(dir(), 'app'), '', 'here')
    assert.equal(existsSync(sidecar()), false)
  })
})

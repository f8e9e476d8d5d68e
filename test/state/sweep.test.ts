import assert from 'node:assert/strict'
import {readdir, writeFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {basename, join} from 'node:path'

import {prepareStateDir, statePaths} from '../../src/state/paths.js'
import {sweepAbandoned} from '../../src/state/sweep.js'
import {temporaryDirectory} from '../support/temporary.js'

const DEAD = 2 ** 22 + 7

describe('sweeping a state directory', () => {
  const stateDir = temporaryDirectory()
  beforeEach(() => prepareStateDir(stateDir()).then(() => undefined))

  it('removes temporary files of dead processes, and no others', async () => {
    const {catalog, layers, locks} = statePaths(stateDir())
    const dead = [`${catalog}.${DEAD}-0123abcd.tmp`, join(layers, `x.${DEAD}-0123abcd.tmp`)]
    const alive = [`${catalog}.${process.pid}-0123abcd.tmp`, join(layers, 'chk_00.tar.gz.part'), join(layers, 'a.tmp')]
    const graves = [DEAD, process.pid].map(pid => [join(locks, `mutex.${pid}.grave`), pid] as const)
    for (const file of [...dead, ...alive]) await writeFile(file, '')
    for (const [file, pid] of graves) await writeFile(file, JSON.stringify({pid, host: hostname(), started: ''}))
    await sweepAbandoned(stateDir())
    const left = [...(await readdir(stateDir())), ...(await readdir(layers)), ...(await readdir(locks))]
    for (const file of dead) assert.ok(!left.includes(basename(file)), file)
    for (const file of alive) assert.ok(left.includes(basename(file)), file)
    assert.deepEqual(await readdir(locks), [`mutex.${process.pid}.grave`])
  })

  it('frees the mutexes of dead processes', async () => {
    const {catalog, locks} = statePaths(stateDir())
    const owner = JSON.stringify({pid: DEAD, host: hostname(), started: '1', nonce: 'aa'})
    await writeFile(`${catalog}.lock`, owner)
    await writeFile(join(locks, 'mutex'), owner)
    await sweepAbandoned(stateDir())
    assert.deepEqual(await readdir(locks), [])
    assert.ok(!(await readdir(stateDir())).includes('catalog.json.lock'))
  })
})

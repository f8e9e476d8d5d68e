import assert from 'node:assert/strict'
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {newLeaseId} from '../../../src/core/ids.js'
import {askLoad, leastLoaded, parseLoad} from '../../../src/providers/ssh/load.js'
import {localTransport} from '../../../src/transports/local.js'
import {temporaryDirectory} from '../../support/temporary.js'

const load = (leases: number, perCore: number): ReturnType<typeof parseLoad> => ({
  leases: new Set(Array.from({length: leases}, newLeaseId)),
  perCore,
})

describe('the load of a host', () => {
  const dir = temporaryDirectory()
  const {PATH, HOME} = process.env
  afterEach(() => Object.assign(process.env, {PATH, HOME}))
  const ask = (root: string): ReturnType<typeof askLoad> => askLoad(localTransport(), root, AbortSignal.timeout(10_000))

  it('is how many leases are in the work root, and nothing else that lies there', async () => {
    const ids = [newLeaseId(), newLeaseId()]
    for (const name of [...ids, `.released-${newLeaseId()}`, 'cbx_other', 'notes']) mkdirSync(join(dir(), name))
    writeFileSync(join(dir(), newLeaseId()), 'a file')
    assert.deepEqual([...(await ask(dir())).leases].sort(), ids.sort())
    assert.deepEqual((await ask(join(dir(), 'none'))).leases, new Set())
    process.env['HOME'] = dir()
    mkdirSync(join(dir(), '.crabbox/leases', ids[0] ?? ''), {recursive: true})
    assert.deepEqual((await ask('')).leases, new Set(ids.slice(0, 1)))
  })

  it('is the load average for each processor, as far as the host can tell', async () => {
    assert.ok(Number.isFinite((await ask(dir())).perCore))
    writeFileSync(join(dir(), 'nproc'), '#!/bin/sh\necho 1000000000\n')
    chmodSync(join(dir(), 'nproc'), 0o755)
    process.env['PATH'] = `${dir()}:${PATH}`
    assert.ok((await ask(dir())).perCore < 0.0001)
    assert.equal(parseLoad('/4/2.00\n').perCore, 0.5)
    assert.equal(parseLoad('//2.00\n').perCore, 2)
    assert.equal(parseLoad('/2/1,50, 0,20, 0,10\n').perCore, 0.75)
    assert.equal(parseLoad('/4/\n').perCore, Infinity)
  })

  it('is least with the fewest leases, then with the least average, then for the first', () => {
    const [idle, busy, full, unknown] = [load(1, 0), load(1, 3), load(2, 0), load(1, Infinity)]
    assert.equal(leastLoaded([full, busy]), busy)
    assert.equal(leastLoaded([unknown, busy, idle]), idle)
    assert.equal(leastLoaded([unknown, load(1, Infinity)]), unknown)
    assert.equal(leastLoaded([]), undefined)
  })
})

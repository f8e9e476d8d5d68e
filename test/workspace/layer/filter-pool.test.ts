import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {readdirSync} from 'node:fs'

import {filterPool} from '../../../src/workspace/layer/filter-pool.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('a pool of filter programs', () => {
  const directory = temporaryDirectory()
  const open = (program: string, ...args: string[]): ReturnType<typeof filterPool> & AsyncDisposable => {
    const pool = filterPool(program, args, directory())
    return {...pool, [Symbol.asyncDispose]: pool.close}
  }

  it('keeps no file longer than it is needed, so that none has to be written to the disk', async () => {
    await using pool = open('cat')
    const inputs = Array.from({length: 6}, (_, i) => randomBytes(100_000 + i))
    const outputs = await Promise.all(inputs.map(input => pool.run(input)))
    assert.ok(outputs.every((output, i) => output.equals(inputs[i] ?? Buffer.alloc(0))))
    assert.deepEqual(readdirSync(directory()), [])
  })

  it('says what a program complained of, in one line, and goes on with the next', async () => {
    await using pool = open('sh', '-c', 'read -r line; echo "$line" >&2; echo more >&2; [ "$line" = good ]')
    await assert.rejects(pool.run(Buffer.from('bad\n')), {message: 'sh failed: bad more'})
    assert.equal((await pool.run(Buffer.from('good\n'))).length, 0)
  })

  it('goes on with another shell where one was killed', async () => {
    await using pool = open('sh', '-c', 'read -r line; [ "$line" = good ] || kill -9 0')
    for (let i = 0; i < 3; i++) await assert.rejects(pool.run(Buffer.from('bad\n')), /sh failed: .*shell ended/)
    assert.equal((await pool.run(Buffer.from('good\n'))).length, 0)
  })

  it('says how a program ended that complained of nothing', async () => {
    await using pool = open('sh', '-c', 'exit 7')
    await assert.rejects(pool.run(Buffer.from('x')), {message: 'sh failed: 7'})
  })
})

import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {pictureOf} from '../support/tree.js'

describe('a second box of the same repository', () => {
  const sandbox = useSandbox()
  const {json, write, run} = sandbox
  const modules = Array.from({length: 5}, () => randomBytes(1 << 20))
  const prepared = async (slug: string): Promise<Lease> => {
    const lease = await json<Lease>(['warmup', '--slug', slug])
    for (const [i, content] of modules.entries()) write(`node_modules/${i}.js`, content, lease.workdir)
    await new Promise(resolve => setTimeout(resolve, 50))
    return lease
  }
  const create = (slug: string): Promise<Checkpoint> => json(['checkpoint', 'create', '--id', slug, '--name', slug])

  it('stores nothing of what the first has stored, and stands on its own', async () => {
    const [one, two] = [await prepared('one'), await prepared('two')]
    const first = await create('one')
    assert.ok((first.sizes?.stored ?? 0) > 5 << 20)
    const second = await create('two')
    assert.equal(second.parent, null)
    assert.ok((second.sizes?.stored ?? 0) < 10_000, String(second.sizes?.stored))
    assert.equal(second.sizes?.content, first.sizes?.content)

    await json(['checkpoint', 'delete', 'one'])
    const {code, stdout} = await run(['checkpoint', 'inspect', 'two', '--verify'])
    assert.equal(code, 0, stdout)
    const {forks} = await json<{forks: {lease: Lease}[]}>(['checkpoint', 'fork', 'two'])
    assert.deepEqual(await pictureOf(forks[0]?.lease.workdir ?? ''), await pictureOf(two.workdir))
    assert.notDeepEqual(await pictureOf(one.workdir), await pictureOf(two.workdir))
  })
})

import assert from 'node:assert/strict'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'

describe('lists', () => {
  const sandbox = useSandbox(async ({json, git}) => {
    git('remote', 'add', 'origin', 'git@example.test:shop.git')
    await json(['warmup', '--slug', 'one'])
    await json(['warmup', '--slug', 'two', '--class', 'beast', '--ttl', '0s'])
    const create = ['checkpoint', 'create']
    await json([...create, '--id', 'one', '--name', 'a', '--label', 'ticket=1', '--label', 'by/who=me=you'])
    await json([...create, '--id', 'one', '--name', 'b', '--label', 'ticket=2', '--note', 'as it was'])
    await json([...create, '--id', 'two', '--name', 'a', '--mode', 'recipe'])
  })
  const names = async (...flags: string[]): Promise<string[]> => {
    const {checkpoints} = await sandbox.json<{checkpoints: Checkpoint[]}>(['checkpoint', 'list', ...flags])
    return checkpoints.map(({name, lease}) => `${name} of ${lease.slug}`)
  }

  it('hold all checkpoints, newest first', async () => {
    assert.deepEqual(await names(), ['a of two', 'b of one', 'a of one'])
  })

  it('hold those that every filter lets through', async () => {
    const {leases} = await sandbox.json<{leases: Lease[]}>(['list'])
    const two = leases.find(({slug}) => slug === 'two')?.id ?? ''
    const expected: [string, string[]][] = [
      ['--name a', ['a of two', 'a of one']],
      ['--name a --lease one', ['a of one']],
      [`--lease ${two}`, ['a of two']],
      ['--tier recipe', ['a of two']],
      ['--provider elsewhere', []],
      ['--repo shop --provider local --tier workspace-archive', ['b of one', 'a of one']],
      ['--repo git@example.test:shop.git', ['a of two', 'b of one', 'a of one']],
      ['--repo bakery', []],
      ['--label ticket=2', ['b of one']],
      ['--label ticket=1 --label by/who=me=you', ['a of one']],
      ['--label ticket=1 --label by/who=me', []],
    ]
    const found = await Promise.all(expected.map(async ([flags]) => [flags, await names(...flags.split(' '))]))
    assert.deepEqual(found, expected)
  })

  it('are tables for people, and say so when there is nothing', async () => {
    const {stdout} = await sandbox.run(['checkpoint', 'list', '--name', 'b'])
    assert.match(
      stdout,
      /^ID +NAME +TIER +STATE .*\nchk_[0-9a-f]{16} +b +workspace-archive +ready +\d+s .* one +shop\n$/,
    )
    assert.equal((await sandbox.run(['checkpoint', 'list', '--name', 'zzz'])).stdout, 'no checkpoints\n')
    assert.match((await sandbox.run(['list'])).stdout, /^two +cbx_\w+ +local +beast +expired /m)
    assert.match((await sandbox.run(['providers', 'list'])).stdout, /^NAME +SUMMARY\nlocal +/)
  })

  it('are told apart by what inspect shows of each', async () => {
    const {stdout} = await sandbox.run(['checkpoint', 'inspect', 'b'])
    for (const line of [
      /^checkpoint: +chk_\w+ \(b\)$/m,
      /^labels: +ticket=2$/m,
      /^note: +as it was$/m,
      /^repository: +shop, main, /m,
    ])
      assert.match(stdout, line)
  })

  it('lose the expired leases to stop --expired', async () => {
    assert.match((await sandbox.run(['stop', '--expired'])).stdout, /^stopped two \(cbx_\w+\)\n$/)
    assert.equal((await sandbox.run(['stop', '--expired'])).stdout, 'no lease has expired\n')
    const {leases} = await sandbox.json<{leases: Lease[]}>(['list'])
    assert.deepEqual(
      leases.map(({slug}) => slug),
      ['one'],
    )
  })
})

import assert from 'node:assert/strict'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import {useSandbox} from '../support/cli.js'

const DAY = 86_400_000

describe('checkpoint prune', () => {
  const sandbox = useSandbox(async ({json}) => {
    await json(['warmup', '--slug', 'source'])
    await json(['run', '--id', 'source', '--', 'true'])
    for (const name of ['ancient', 'ancient-but-used', 'broken', 'steps', 'fresh']) {
      const mode = name === 'steps' ? 'recipe' : 'archive'
      await json(['checkpoint', 'create', '--id', 'source', '--name', name, '--mode', mode])
    }

    edit('ancient', {createdAt: ago(40), lastUsedAt: ago(35)})
    edit('ancient-but-used', {createdAt: ago(40), lastUsedAt: ago(1)})
    edit('broken', {state: 'failed', failure: 'for the test'})
  })
  const names = async (): Promise<(string | null)[]> =>
    (await sandbox.json<{checkpoints: Checkpoint[]}>(['checkpoint', 'list'])).checkpoints.map(({name}) => name).sort()
  const removes = async (...flags: string[]): Promise<(string | null)[]> =>
    (await sandbox.json<{removed: Checkpoint[]}>(['checkpoint', 'prune', '--dry-run', ...flags])).removed
      .map(({name}) => name)
      .sort()

  it('takes what all given conditions hold for', async () => {
    const expected: [string, string[]][] = [
      ['--older-than 30d', ['ancient', 'ancient-but-used']],
      ['--older-than 6w', []],
      ['--unused-for 30d', ['ancient']],
      ['--unused-for 12h', ['ancient', 'ancient-but-used']],
      ['--tier recipe', ['steps']],
      ['--tier recipe --older-than 30d', []],
      ['--failed', ['broken']],
      ['--failed --older-than 1d', []],
    ]
    const found = await Promise.all(expected.map(async ([flags]) => [flags, await removes(...flags.split(' '))]))
    assert.deepEqual(found, expected)
  })

  it('removes what failed, says so, and finds nothing the second time', async () => {
    const first = await sandbox.run(['checkpoint', 'prune', '--failed'])
    assert.match(first.stdout, /^deleted chk_\w+ \(broken\)\n$/)
    const second = await sandbox.run(['checkpoint', 'prune', '--failed'])
    assert.deepEqual([second.code, second.stdout], [0, 'nothing to delete\n'])
    assert.deepEqual(await names(), ['ancient', 'ancient-but-used', 'fresh', 'steps'])
  })

  it('keeps the layers that what stays still needs', async () => {
    await sandbox.json(['checkpoint', 'prune', '--older-than', '30d'])
    assert.deepEqual(await names(), ['fresh', 'steps'])
    assert.equal((await sandbox.run(['checkpoint', 'inspect', 'fresh', '--verify'])).code, 0)
    await sandbox.json(['checkpoint', 'prune', '--older-than', '0s'])
    assert.deepEqual([await names(), readdirSync(join(sandbox.state, 'layers'))], [[], []])
  })

  it('says why something was kept that nobody uses, and ends as that failure does', async () => {
    await sandbox.json(['checkpoint', 'create', '--id', 'source', '--name', 'stranded'])
    edit('stranded', {
      provider: 'vanished',
      tier: 'provider-native',
      artifact: {reference: 'ref'},
    } as Partial<Checkpoint>)
    const {code, stderr} = await sandbox.run(['checkpoint', 'prune', '--older-than', '0s'])
    assert.match(stderr, /chk_\w+ was kept: .*"vanished".* \(PROVIDER_UNKNOWN\)\. \w+/)
    const {json} = await sandbox.run(['checkpoint', 'prune', '--older-than', '0s', '--json'])
    const [first] = (json as {kept: {error: {code: string; exit: number}}[]}).kept
    assert.deepEqual([code, first?.error.exit, first?.error.code], [4, 4, 'PROVIDER_UNKNOWN'])
  })

  const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString()

  function edit(name: string, change: Partial<Checkpoint>): void {
    const file = join(sandbox.state, 'catalog.json')
    const data = JSON.parse(readFileSync(file, 'utf8')) as {rows: Record<string, Checkpoint>}
    const row = Object.values(data.rows).find(found => found.name === name)
    assert.ok(row)
    writeFileSync(file, JSON.stringify({...data, rows: {...data.rows, [row.id]: {...row, ...change}}}))
  }
})

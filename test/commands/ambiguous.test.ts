import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {refuses, refusesAll} from '../support/refusals.js'

type Rows = Record<string, {id: string}>

describe('names that stand for more than one', () => {
  let shop: Checkpoint[]
  let bakery: Checkpoint
  const sandbox = useSandbox(async ({json, dir, env}) => {
    mkdirSync(join(dir, 'bakery'))
    mkdirSync(join(dir, 'plain'))
    execFileSync('git', ['init', '--quiet'], {cwd: join(dir, 'bakery'), env})
    const save = async (cwd: string, slug: string): Promise<Checkpoint> =>
      json<Checkpoint>(['checkpoint', 'create', '--id', slug, '--name', 'ready'], {cwd})
    await json(['warmup', '--slug', 'shop'])
    shop = [await save(sandbox.repo, 'shop'), await save(sandbox.repo, 'shop')]
    await json(['warmup', '--slug', 'bakery'], {cwd: join(dir, 'bakery')})
    bakery = await save(join(dir, 'bakery'), 'bakery')
  })
  const {json, dir} = sandbox
  const inspect = async (name: string, cwd?: string): Promise<string> => {
    const options = cwd === undefined ? {} : {cwd}
    return (await json<{checkpoint: Checkpoint}>(['checkpoint', 'inspect', name], options)).checkpoint.id
  }

  it('mean the newest one of the repository that the user stands in', async () => {
    assert.equal(await inspect('ready'), shop[1]?.id)
    assert.equal(await inspect('ready', join(dir, 'bakery')), bakery.id)
  })

  it('are refused outside of both repositories, with the candidates', async () => {
    const refusal = {exit: 2, code: 'CHECKPOINT_AMBIGUOUS', says: new RegExp(`3 checkpoints.*${bakery.id} \\(bakery`)}
    const commands = [['inspect'], ['fork'], ['delete'], ['restore', '--id', 'shop'], ['export', '--output', 'x.tar']]
    await refusesAll(
      sandbox,
      commands.map(([command, ...flags]) => [['checkpoint', `${command}`, 'ready', ...flags], refusal]),
      {cwd: join(dir, 'plain')},
    )
  })

  it('are refused where one of them was made by a clock that was ahead, and nobody knows which is newer', async () => {
    const file = join(sandbox.state, 'catalog.json')
    const before = readFileSync(file, 'utf8')
    const {rows, ...rest} = JSON.parse(before) as {rows: Record<string, Checkpoint>}
    const [first] = shop
    assert.ok(first)
    const ahead = {...first, createdAt: new Date(Date.now() + 3_600_000).toISOString()}
    writeFileSync(file, JSON.stringify({...rest, rows: {...rows, [first.id]: ahead}}))
    const refusal = {exit: 2, code: 'CHECKPOINT_AMBIGUOUS', says: new RegExp(`${first.id} \\(.*${ahead.createdAt}`)}
    await refuses(sandbox, ['checkpoint', 'fork', 'ready'], refusal)
    assert.equal(await inspect(first.id), first.id)
    writeFileSync(file, before)
  })

  it('are taken where one repository alone has that name', async () => {
    const {id} = await json<Checkpoint>(['checkpoint', 'create', '--id', 'bakery', '--name', 'only-here'])
    assert.equal(await inspect('only-here'), id)
  })

  it('are refused as prefixes of ids, and taken once they are long enough', async () => {
    edit('catalog.json', 'chk_', ['chk_aaaaaa1111111111', 'chk_aaaaaa2222222222'])
    edit('leases.json', 'cbx_', ['cbx_aaaaaa111111', 'cbx_aaaaaa222222'])
    await refuses(sandbox, ['checkpoint', 'inspect', 'chk_aaaaaa'], {
      exit: 2,
      code: 'CHECKPOINT_AMBIGUOUS',
      says: /2 check/,
    })
    await refuses(sandbox, ['status', '--id', 'cbx_aaaaaa'], {
      exit: 2,
      code: 'LEASE_AMBIGUOUS',
      says: /2 leases.*cbx_aaaaaa11/,
    })
    assert.equal(await inspect('chk_aaaaaa1'), 'chk_aaaaaa1111111111')
    assert.equal((await json<{lease: Lease}>(['status', '--id', 'cbx_aaaaaa2'])).lease.id, 'cbx_aaaaaa222222')
  })

  /** Gives the first records ids of our choice. */
  function edit(name: string, prefix: string, ids: readonly string[]): void {
    const file = join(sandbox.state, name)
    const data = JSON.parse(readFileSync(file, 'utf8')) as {rows: Rows}
    const rows = Object.values(data.rows).map((row, i) => ({...row, id: ids[i] ?? row.id}))
    assert.ok(rows.every(({id}) => id.startsWith(prefix)))
    writeFileSync(file, JSON.stringify({...data, rows: Object.fromEntries(rows.map(row => [row.id, row]))}))
  }
})

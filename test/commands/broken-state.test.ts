import assert from 'node:assert/strict'
import {chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import {useSandbox} from '../support/cli.js'
import {refuses, refusesAll} from '../support/refusals.js'
import {rootSkip} from '../support/root.js'

describe('a broken state directory', () => {
  const made: Checkpoint[] = []
  const sandbox = useSandbox(async ({json}) => {
    await json(['warmup', '--slug', 'source'])
    for (const name of ['first', 'second', 'third'])
      made.push(await json<Checkpoint>(['checkpoint', 'create', '--id', 'source', '--name', name]))
    // The previous generations know all of it as well.
    await json(['checkpoint', 'restore', 'third', '--id', 'source'])
    await json(['run', '--id', 'source', '--no-sync', '--', 'true'])
  })
  const {run, json, state} = sandbox
  const file = (name: string): string => join(state, name)
  const names = async (): Promise<(string | null)[]> =>
    (await json<{checkpoints: Checkpoint[]}>(['checkpoint', 'list'])).checkpoints.map(({name}) => name).sort()

  for (const [name, args] of [
    ['catalog.json', ['checkpoint', 'create', '--id', 'source']],
    ['leases.json', ['warmup']],
  ] as const) {
    it(`never has a ${name} overwritten that does not parse, and doctor --repair goes back a generation`, async () => {
      const whole = readFileSync(file(name))
      for (const broken of [whole.subarray(0, whole.length / 2), Buffer.from(''), Buffer.from('null')]) {
        writeFileSync(file(name), broken)
        await refuses(sandbox, args, {exit: 3, code: 'STATE_CORRUPT', says: /left as it is.*doctor --repair/})
        const examined = await run(['doctor'])
        assert.deepEqual([examined.code, examined.stderr], [3, ''])
        assert.equal(readFileSync(file(name), 'utf8'), broken.toString())
      }

      const {code, stdout} = await run(['doctor', '--repair'])
      assert.equal(code, 0, stdout)
      assert.equal(readFileSync(file(name), 'utf8'), readFileSync(file(`${name}.previous`), 'utf8'))
      const kept = readdirSync(state).filter(entry => entry.startsWith(`${name}.broken-`))
      assert.deepEqual(
        kept.map(entry => readFileSync(file(entry), 'utf8')),
        ['null'],
      )
      rmSync(file(`${kept[0]}`))
      writeFileSync(file(name), whole)
    })
  }

  it('is not made up for where there is no previous generation', async () => {
    copyFileSync(file('catalog.json'), file('saved'))
    copyFileSync(file('catalog.json.previous'), file('saved.previous'))
    rmSync(file('catalog.json.previous'))
    writeFileSync(file('catalog.json'), '{')
    await refuses(sandbox, ['doctor', '--repair'], {exit: 4, code: 'NO_PREVIOUS_GENERATION', says: /by hand/})
    copyFileSync(file('saved'), file('catalog.json'))
    copyFileSync(file('saved.previous'), file('catalog.json.previous'))
    for (const name of ['saved', 'saved.previous']) rmSync(file(name))
  })

  it('is refused when a newer version wrote it', async () => {
    const text = readFileSync(file('catalog.json'), 'utf8')
    writeFileSync(file('catalog.json'), text.replace('"schemaVersion":1', '"schemaVersion":99'))
    await refuses(sandbox, ['checkpoint', 'list'], {exit: 3, code: 'STATE_TOO_NEW', says: /99/})
    writeFileSync(file('catalog.json'), text)
  })

  it('shows the other records beside a damaged one, keeps it, and drops it when repair is asked for', async () => {
    const [, second] = made
    assert.ok(second)
    const text = readFileSync(file('catalog.json'), 'utf8')
    const data = JSON.parse(text) as {rows: Record<string, unknown>}
    data.rows[second.id] = {id: second.id, tier: 'from the future'}
    writeFileSync(file('catalog.json'), JSON.stringify(data))
    assert.deepEqual(await names(), ['first', 'third'])
    const listed = await run(['checkpoint', 'list'])
    assert.match(
      listed.stderr.replaceAll(/\s+›?\s*/g, ' '),
      new RegExp(`${second.id} is damaged .*from the future.*doctor`),
    )
    await refuses(sandbox, ['checkpoint', 'fork', second.id], {exit: 4, code: 'CHECKPOINT_DAMAGED'})

    await json(['checkpoint', 'create', '--id', 'source', '--name', 'fourth'])
    assert.match(readFileSync(file('catalog.json'), 'utf8'), /from the future/)
    assert.match((await run(['doctor', '--repair'])).stdout, new RegExp(`dropped the record of ${second.id}`))
    assert.deepEqual(await names(), ['first', 'fourth', 'third'])
    assert.doesNotMatch(readFileSync(file('catalog.json'), 'utf8'), /from the future/)
  })

  it('names the lease whose record is damaged', async () => {
    const text = readFileSync(file('leases.json'), 'utf8')
    const data = JSON.parse(text) as {rows: Record<string, {details: Record<string, unknown>}>}
    const [id = ''] = Object.keys(data.rows)
    for (const details of [{host: 7}, {host: null}, null]) {
      writeFileSync(
        file('leases.json'),
        JSON.stringify({...data, rows: {...data.rows, [id]: {...data.rows[id], details}}}),
      )
      const refusal = {exit: 4, code: 'LEASE_RECORD_DAMAGED', says: /doctor.*adopt/}
      await refuses(sandbox, ['run', '--id', id, '--', 'true'], refusal)
    }

    writeFileSync(file('leases.json'), text)
  })

  it('is refused when its path is relative, and nothing is made', async () => {
    const options = {env: {CRABBOX_STATE_DIR: 'state'}}
    const refusal = {exit: 3, code: 'STATE_DIR_RELATIVE', says: /"state".*absolute/}
    const commands = [['warmup'], ['list'], ['checkpoint', 'list'], ['doctor']]
    await refusesAll(
      sandbox,
      commands.map(args => [args, refusal]),
      options,
    )
    assert.equal(existsSync(join(sandbox.repo, 'state')), false)
  })

  it(`is refused when it cannot be written to${rootSkip ?? ''}`, async function () {
    if (rootSkip !== null) this.skip()
    const locked = join(sandbox.dir, 'locked')
    mkdirSync(locked)
    chmodSync(locked, 0o500)
    const refusal = {exit: 3, code: 'STATE_DIR_UNUSABLE', says: /CRABBOX_STATE_DIR/}
    await refuses(sandbox, ['warmup'], refusal, {env: {CRABBOX_STATE_DIR: join(locked, 'state')}})
  })

  it('is refused when a file lies in its way', async () => {
    sandbox.write('file', '', sandbox.dir)
    const refusal = {exit: 3, code: 'STATE_DIR_UNUSABLE', says: /CRABBOX_STATE_DIR/}
    for (const path of ['file', 'file/below'])
      await refuses(sandbox, ['warmup'], refusal, {env: {CRABBOX_STATE_DIR: join(sandbox.dir, path)}})
  })
})

import assert from 'node:assert/strict'
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {ask, checkpointRow, leaseRow, writeTables, type Told} from '../../support/completion.js'
import {setVariables} from '../../support/environment.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('completion of values', () => {
  const dir = temporaryDirectory()
  const state = (): string => join(dir(), 'state')
  const told = (line: string): Promise<Told> =>
    ask(line, {CRABBOX_STATE_DIR: state(), CRABBOX_DATA_DIR: dir(), XDG_CONFIG_HOME: join(dir(), 'config')})
  const values = async (line: string): Promise<readonly string[]> => (await told(line)).values
  const chk = (digit: string): string => `chk_${digit.repeat(16)}`

  it('offers slugs of leases, newest first, and ids as soon as the word begins like one', async () => {
    const leases = [
      leaseRow({id: 'cbx_000000000001', slug: 'old-fox', age: 30}),
      leaseRow({id: 'cbx_000000000002', slug: 'crisp-eel', age: 2, provider: 'ssh', state: 'releasing'}),
    ]
    writeTables(state(), {leases})
    assert.deepEqual(await told('crabbox stop --id '), {
      kind: 'values',
      values: ['crisp-eel', 'old-fox'],
      descriptions: ['ssh, shop, releasing, 2h', 'local, shop, 1d'],
    })
    const withIds = ['crisp-eel', 'old-fox', 'cbx_000000000002', 'cbx_000000000001']
    for (const word of ['c', 'cbx_', 'cbx_0000']) assert.deepEqual(await values(`crabbox ssh --id ${word}`), withIds)
    assert.deepEqual(await values('crabbox ssh --id cr'), ['crisp-eel', 'old-fox'])
    assert.deepEqual(await values('crabbox run --id=o'), ['--id=crisp-eel', '--id=old-fox'])
    for (const line of ['status --id ', 'checkpoint list --lease ', 'checkpoint undo --id '])
      assert.equal((await values(`crabbox ${line}`)).length, 2, line)
    assert.deepEqual(await values('crabbox adopt '), [], 'what is on record cannot be adopted')
  })

  it('offers names of checkpoints once, newest first, and ids of those without a name', async () => {
    const catalog = [
      checkpointRow({id: chk('1'), name: 'base', age: 50, repo: 'old'}),
      checkpointRow({id: chk('2'), age: 3, state: 'failed'}),
      checkpointRow({id: chk('3'), name: 'base', age: 1}),
      checkpointRow({id: chk('4'), name: 'leaving', state: 'deleting'}),
      checkpointRow({id: chk('5'), name: 'after-ci', tier: 'recipe', age: 2}),
    ]
    writeTables(state(), {catalog})
    assert.deepEqual(await told('crabbox checkpoint fork '), {
      kind: 'values',
      values: ['base', 'after-ci', chk('2')],
      descriptions: ['workspace-archive, shop, 1h', 'recipe, shop, 2h', 'workspace-archive, shop, failed, 3h'],
    })
    const all = await values('crabbox checkpoint inspect c')
    assert.deepEqual(all, ['base', 'after-ci', chk('2'), chk('3'), chk('5'), chk('1')])
    assert.deepEqual(await values('crabbox checkpoint inspect -- '), ['base', 'after-ci', chk('2')])
    for (const command of ['restore', 'delete', 'export'])
      assert.equal((await values(`crabbox checkpoint ${command} `)).length, 3, command)
    for (const command of ['list', 'create'])
      assert.deepEqual(await values(`crabbox checkpoint ${command} --name `), ['base', 'after-ci'], command)
    assert.deepEqual(await values('crabbox checkpoint list --repo '), ['shop', 'old'])
  })

  it('offers labels that checkpoints have', async () => {
    const labels = {ticket: '12', why: 'a "b"'}
    writeTables(state(), {catalog: ['1', '2'].map(digit => checkpointRow({id: chk(digit), labels}))})
    assert.deepEqual(await values('crabbox checkpoint list --label '), ['ticket=12', 'why=a "b"'])
  })

  it('offers promoted images, and checkpoints that are images', async () => {
    const promoted = {id: 'ami-1', provider: 'aws', region: 'eu-central-1', architecture: 'arm64', checkpoint: null}
    writeTables(state(), {
      promoted: [{...promoted, promotedAt: new Date().toISOString()} as {id: string}],
      catalog: [
        checkpointRow({id: chk('1'), name: 'machine', tier: 'aws-ami'}),
        checkpointRow({id: chk('2'), name: 'files'}),
      ],
    })
    const {values: all, descriptions} = await told('crabbox image demote ')
    assert.deepEqual(all, ['ami-1', 'machine'])
    assert.equal(descriptions[0], 'promoted, aws, eu-central-1, arm64')
    assert.deepEqual(await values('crabbox image promote '), all)
  })

  it('offers hosts of the configuration, and of the ssh configuration, behind a user too', async () => {
    const config = join(dir(), 'config/crabbox')
    for (const path of [config, join(dir(), '.ssh')]) mkdirSync(path, {recursive: true})
    const file = join(config, 'config.yaml')
    writeFileSync(file, 'classs: wrong\nhosts:\n  - {name: build-1, address: me@build.example}\n')
    writeFileSync(
      join(dir(), '.ssh/config'),
      'Host build-1 alias "other"\nHost *.example !no\nInclude = more\nhost = late\n',
    )
    writeFileSync(join(dir(), '.ssh/more'), 'Host included\n')
    const restore = setVariables({HOME: dir()})
    try {
      const {values: all, descriptions} = await told('crabbox warmup --host ')
      assert.deepEqual(all, ['build-1', 'alias', 'other', 'included', 'late'])
      assert.deepEqual(descriptions.slice(0, 2), ['me@build.example', 'ssh configuration'])
      assert.deepEqual(await values('crabbox list --host me@al'), [
        ...['me@build-1', 'me@alias', 'me@other', 'me@included', 'me@late'],
      ])
      writeFileSync(file, 'hosts: [')
      assert.deepEqual(await values('crabbox adopt x --host '), ['build-1', 'alias', 'other', 'included', 'late'])
    } finally {
      restore()
    }
  })

  it('offers nothing, without an error, where there is no state', async () => {
    for (const line of ['stop --id ', 'checkpoint fork ', 'image demote ', 'checkpoint list --label '])
      assert.deepEqual(await told(`crabbox ${line}`), {kind: 'values', values: [], descriptions: []}, line)
    assert.deepEqual(readdirSync(dir()), [])
  })

  it('offers nothing where the state cannot be read, and what is sound beside a damaged record', async () => {
    mkdirSync(state())
    for (const text of ['', '{"schemaVersion":', '{"schemaVersion": 99}', '[]'])
      for (const table of ['leases', 'catalog', 'promoted']) {
        writeFileSync(join(state(), `${table}.json`), text)
        for (const line of ['stop --id ', 'checkpoint fork ', 'image demote '])
          assert.deepEqual(await values(`crabbox ${line}`), [], `${line} ${text}`)
      }

    const damaged = {...leaseRow({id: 'cbx_000000000002', slug: 'b'}), state: 'odd'}
    writeTables(state(), {leases: [leaseRow({id: 'cbx_000000000001', slug: 'good-one'}), damaged]})
    assert.deepEqual(await values('crabbox stop --id '), ['good-one'])
  })

  it('leaves out what would break a line or reach the terminal as more than text', async () => {
    const slugs = ['two\nlines', 'esc\u001B[31m', 'tab\t', 'fine']
    writeTables(state(), {
      leases: slugs.map((slug, i) => leaseRow({id: `cbx_00000000000${i}`, slug, provider: 'a\nb'})),
    })
    assert.deepEqual(await told('crabbox stop --id '), {
      kind: 'values',
      values: ['fine'],
      descriptions: ['a b, shop, 1h'],
    })
  })

  it('needs no state directory whose path is right', async () => {
    assert.equal((await ask('crabbox stop --id ', {CRABBOX_STATE_DIR: 'relative'})).kind, '')
  })
})

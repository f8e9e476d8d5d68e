import assert from 'node:assert/strict'

import {ask, type Told} from '../../support/completion.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('completion of commands and flags', () => {
  const dir = temporaryDirectory()
  const told = (line: string): Promise<Told> => ask(line, {CRABBOX_STATE_DIR: dir(), CRABBOX_DATA_DIR: dir()})
  const values = async (line: string): Promise<readonly string[]> => (await told(line)).values

  it('offers commands and topics, with what they are for, and nothing that is hidden', async () => {
    const {values: all, descriptions} = await told('crabbox ')
    for (const name of ['run', 'checkpoint', 'image', 'providers', 'plugins', 'help', 'version', 'completion'])
      assert.ok(all.includes(name), name)
    for (const name of ['autocomplete', 'checkpoint:list', '']) assert.ok(!all.includes(name), name)
    assert.equal(descriptions[all.indexOf('stop')], 'Give a lease back, with everything on it. Checkpoints stay.')
    assert.equal(descriptions[all.indexOf('image')], 'What new leases boot from.')
    assert.equal(descriptions[all.indexOf('help')], 'Display help for crabbox.')
  })

  it('offers the commands of a topic, however it was typed', async () => {
    const commands = ['create', 'delete', 'export', 'fork', 'inspect', 'list', 'prune', 'recover', 'restore', 'undo']
    assert.deepEqual(await values('crabbox checkpoint '), commands)
    assert.deepEqual(await values('crabbox image pro'), ['demote', 'list', 'promote'])
    assert.deepEqual(await values('crabbox checkpoint:undo --w'), ['--id', '--json', '--workdir', '--help'])
  })

  it('offers a command’s aliases', async () => {
    const all = await values('crabbox plugins ')
    assert.ok(all.includes('install') && all.includes('add') && all.includes('unlink'), all.join())
    const flags = await values('crabbox plugins add --')
    assert.ok(flags.includes('--force') && !flags.includes('--jit'), 'the latter is hidden')
  })

  it('offers names of commands to help', async () => {
    assert.deepEqual(await values('crabbox help image '), ['demote', 'list', 'promote'])
    assert.ok((await values('crabbox help ')).includes('checkpoint'))
  })

  it('offers nothing after a word that is no command', async () => {
    assert.deepEqual(await values('crabbox nothing '), [])
    assert.deepEqual(await values('crabbox checkpoint nothing --'), [])
  })

  it('offers help and version where there is no command yet', async () => {
    assert.deepEqual(await values('crabbox -'), ['--help', '--version'])
    assert.deepEqual(await values('crabbox checkpoint --'), ['--help'])
  })

  it('offers flags with what they are for, required ones first', async () => {
    const {values: all, descriptions} = await told('crabbox checkpoint create --')
    assert.equal(all[0], '--id')
    assert.equal(descriptions[0], 'lease: its id, a unique prefix of it, or its slug')
    assert.deepEqual(all.slice(-1), ['--help'])
    for (const name of ['--wait', '--no-wait', '--label']) assert.ok(all.includes(name), name)
  })

  it('offers single letters as long as there is one hyphen alone', async () => {
    assert.ok((await values('crabbox checkpoint export a -')).includes('-o'))
    assert.ok(!(await values('crabbox checkpoint export a --')).includes('-o'))
  })

  it('offers flags where nothing else can stand', async () => {
    assert.equal((await values('crabbox status '))[0], '--id')
    assert.ok((await values('crabbox checkpoint restore a ')).includes('--id'))
    assert.deepEqual(await values('crabbox status x'), [])
    assert.ok(!(await values('crabbox checkpoint restore ')).includes('--id'))
  })

  it('leaves out flags that are there, on both sides of the cursor, in any form', async () => {
    assert.ok(!(await values('crabbox status --id a --')).includes('--id'))
    assert.ok(!(await values('crabbox status --id=a --')).includes('--id'))
    assert.ok(!(await values('crabbox status --|, --id a')).includes('--id'))
    assert.ok((await values('crabbox status --|, x')).includes('--id'))
    for (const given of ['-o a', '-oa', '-o=a', '--output a'])
      assert.ok(!(await values(`crabbox checkpoint export a ${given} --`)).includes('--output'), given)
    const waiting = await values('crabbox checkpoint create --no-wait --')
    assert.ok(!waiting.includes('--wait') && !waiting.includes('--no-wait'))
  })

  it('offers a flag again that may be repeated', async () => {
    assert.ok((await values('crabbox checkpoint create --label a=b --')).includes('--label'))
  })

  it('leaves out flags that exclude one that is there, whichever of the two says so', async () => {
    const expired = await values('crabbox stop --expired --')
    for (const name of ['--id', '--forget']) assert.ok(!expired.includes(name), name)
    assert.ok(!(await values('crabbox stop --id a --')).includes('--expired'))
    assert.ok((await values('crabbox stop --id a --')).includes('--forget'))
  })

  it('takes the word after a flag for its value, whatever it looks like', async () => {
    assert.deepEqual(await values('crabbox warmup --slug '), [])
    assert.deepEqual(await values('crabbox warmup --slug --'), [])
    assert.ok((await values('crabbox warmup --slug --class --')).includes('--class'))
  })

  it('takes several words for values of a flag that may be repeated, as oclif does', async () => {
    const env = {CRABBOX_STATE_DIR: dir(), CRABBOX_DATA_DIR: dir(), MINE: '1'}
    assert.ok((await ask('crabbox run --env A MI', env)).values.includes('MINE'))
    assert.ok((await ask('crabbox run --env A --sync MI', env)).values.includes('MINE'))
    assert.equal((await ask('crabbox run --env A --id a MI', env)).kind, 'files')
    assert.equal((await ask('crabbox run --env A -- MI', env)).kind, 'files')
  })

  it('leaves words for the lease to the shell', async () => {
    for (const line of ['run -- ', 'run -- --', 'run -- npm --', 'run make ', 'run ma', 'checkpoint fork a -- x --'])
      assert.equal((await told(`crabbox ${line}`)).kind, 'files', line)
    assert.equal((await told('crabbox run ')).kind, 'values')
  })

  it('offers the words that a flag or an argument is confined to', async () => {
    assert.deepEqual(await values('crabbox warmup --market '), ['on-demand', 'spot'])
    assert.deepEqual(await values('crabbox warmup --class=b'), [
      ...['--class=tiny', '--class=small', '--class=standard'],
      ...['--class=fast', '--class=large', '--class=beast'],
    ])
    assert.ok((await values('crabbox checkpoint create --mode ')).includes('auto'))
    assert.ok((await values('crabbox checkpoint list --tier ')).includes('workspace-archive'))
    assert.deepEqual(await values('crabbox completion '), ['bash', 'zsh', 'fish'])
  })

  it('leaves files and directories to the shell', async () => {
    assert.equal((await told('crabbox checkpoint export a --output ')).kind, 'files')
    assert.equal((await told('crabbox checkpoint export a -os')).kind, 'files')
    assert.equal((await told('crabbox checkpoint create --id a --workdir ')).kind, 'directories')
  })
})

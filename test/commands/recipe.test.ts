import assert from 'node:assert/strict'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import {useSandbox} from '../support/cli.js'
import {refuses} from '../support/refusals.js'

describe('a recipe', () => {
  let saved: Checkpoint
  const sandbox = useSandbox(async ({json, run}) => {
    await json(['warmup', '--slug', 'source'])
    await json(['run', '--id', 'source', '--shell', 'echo prepare > done'])
    await run(['run', '--id', 'source', '--', 'false'])
    await json(['run', '--id', 'source', '--', 'cat', 'done'])
    saved = await json<Checkpoint>(['checkpoint', 'create', '--id', 'source', '--mode', 'recipe', '--name', 'steps'])
  })

  it('holds the commands that succeeded, in their order, and no files', async () => {
    assert.equal(saved.tier, 'recipe')
    const commands = saved.tier === 'recipe' ? saved.artifact?.commands : undefined
    assert.deepEqual(
      commands?.map(({command}) => command),
      ['echo prepare > done', ['cat', 'done']],
    )
    assert.deepEqual(saved.sizes, {content: 0, stored: 0, entries: 0})
    const {code, stdout} = await sandbox.run(['checkpoint', 'inspect', 'steps', '--verify'])
    assert.equal(code, 0)
    assert.match(stdout, /^command: +echo prepare > done\ncommand: +cat done$/m)
  })

  it('cannot be forked, and says what it holds and what to do instead', async () => {
    const says = /is a recipe: it holds .* 2 commands .* no files.*echo prepare > done && cat done.*--mode archive/
    await refuses(sandbox, ['checkpoint', 'fork', 'steps'], {exit: 2, code: 'RECIPE_NOT_REBUILDABLE', says})
    const several = await sandbox.run(['checkpoint', 'fork', 'steps', '--count', '3', '--json'])
    assert.equal(several.code, 2)
    const {forks} = several.json as {forks: {error?: {code: string}}[]}
    assert.deepEqual(
      forks.map(({error}) => error?.code),
      Array(3).fill('RECIPE_NOT_REBUILDABLE'),
    )
    assert.equal((await sandbox.json<{leases: unknown[]}>(['list'])).leases.length, 1)
  })

  it('can be neither restored nor exported', async () => {
    const restore = {exit: 2, code: 'RESTORE_UNSUPPORTED', says: /recipe.*commands again/}
    await refuses(sandbox, ['checkpoint', 'restore', 'steps', '--id', 'source'], restore)
    const exported = {exit: 2, code: 'EXPORT_UNSUPPORTED', says: /no files/}
    await refuses(sandbox, ['checkpoint', 'export', 'steps', '--output', 'x.tar'], exported)
  })

  it('does not become the parent of an archive, and can be deleted', async () => {
    const archive = await sandbox.json<Checkpoint>(['checkpoint', 'create', '--id', 'source'])
    assert.equal(archive.parent, null)
    await sandbox.json(['checkpoint', 'delete', 'steps'])
    assert.equal((await sandbox.json<{checkpoints: unknown[]}>(['checkpoint', 'list'])).checkpoints.length, 1)
  })
})

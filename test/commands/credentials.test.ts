import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox, type Outcome} from '../support/cli.js'

const USER = 'hidden-user'
const PASSWORD = 'hunter2hunter2'

describe('credentials in the remote', () => {
  const outcomes: Outcome[] = []
  const sandbox = useSandbox(async ({git, run}) => {
    git('remote', 'add', 'origin', `https://${USER}:${PASSWORD}@git.example.test/shop.git?private_token=${PASSWORD}`)
    const story = [
      ['warmup', '--slug', 'source', '--json'],
      ['run', '--id', 'source', '--', 'true'],
      ['checkpoint', 'create', '--id', 'source', '--name', 'a', '--json'],
      ['checkpoint', 'create', '--id', 'source', '--mode', 'recipe', '--json'],
      ['checkpoint', 'fork', 'a', '--slug', 'fork', '--json'],
      ['checkpoint', 'inspect', 'a'],
      ['checkpoint', 'list', '--json'],
      ['list', '--json'],
      ['status', '--id', 'fork', '--json'],
    ]
    for (const args of story) outcomes.push(await run(args, {env: {CRABBOX_DEBUG: '1'}}))
  })

  it('are left out of the record', async () => {
    assert.deepEqual(
      outcomes.map(({code, stderr}) => `${code}${stderr}`),
      outcomes.map(() => '0'),
    )
    const {lease} = await sandbox.json<{lease: Lease}>(['status', '--id', 'source'])
    assert.equal(lease.repo?.remote, 'https://git.example.test/shop.git')
  })

  it('are in no output and in no file of the state directory', () => {
    const files = readdirSync(sandbox.state, {recursive: true, withFileTypes: true}).filter(file => file.isFile())
    assert.ok(files.length > 8, `${files.length} files`)
    const texts = files.map(file => readFileSync(join(file.parentPath, file.name), 'latin1'))
    for (const text of [...texts, ...outcomes.flatMap(({stdout, stderr}) => [stdout, stderr])])
      assert.doesNotMatch(text, new RegExp(`${USER}|${PASSWORD}`))
  })
})

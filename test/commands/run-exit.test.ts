import assert from 'node:assert/strict'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {assertRefusal} from '../support/refusals.js'

describe('how run ends', () => {
  const sandbox = useSandbox(async ({json}) => void (await json<Lease>(['warmup', '--slug', 'here'])))
  const {run, json} = sandbox
  const on = (script: string): string[] => ['run', '--id', 'here', '--no-sync', '--shell', script]
  const leases = async (): Promise<string[]> =>
    (await json<{leases: Lease[]}>(['list'])).leases.map(lease => lease.slug)
  const onlyHere = async (): Promise<void> => {
    assert.deepEqual(await leases(), ['here'])
    assert.equal(readdirSync(join(sandbox.state, 'local')).length, 1)
  }

  it('with the command’s own exit code, and silently', async () => {
    const codes = [0, 1, 42, 255]
    const outcomes = await Promise.all(codes.map(code => run(on(`exit ${code}`))))
    assert.deepEqual(
      outcomes.map(({code, stdout, stderr}) => [code, stdout, stderr]),
      codes.map(code => [code, '', '']),
    )
  })

  it('with 128 and the number of the signal that ended the command', async () => {
    const [killed, ended] = await Promise.all([run(on('kill -KILL $$')), run(on('kill -TERM $$'))])
    assert.deepEqual([killed.code, ended.code], [137, 143])
  })

  it('with the exit code in the answer under --json, and the output on stderr', async () => {
    const outcome = await run([...on('echo seen; exit 3'), '--json'])
    assert.equal(outcome.code, 3)
    assert.equal((outcome.json as {exitCode: number}).exitCode, 3)
    assert.equal(outcome.stderr, 'seen\n')
  })

  it('with an error of its own where the command cannot be started', async () => {
    const outcome = await run(['run', '--id', 'here', '--no-sync', '--', 'no-such-program'])
    assertRefusal(outcome, {exit: 5, code: 'COMMAND_NOT_STARTED', says: /no-such-program/})
  })

  it('without the lease that was made for it, whether the command worked, failed or could not be started', async () => {
    const [worked, failed, missing] = await Promise.all([
      run(['run', '--', 'cat', 'README.md']),
      run(['run', '--shell', 'exit 9']),
      run(['run', '--', 'no-such-program']),
    ])
    assert.deepEqual([worked.stdout, failed.code, missing.code], ['A shop.\n', 9, 5])
    await onlyHere()
  })

  it('with the lease that was made for it when --keep asks for that, and says which', async () => {
    const {code, stderr} = await run(['run', '--keep', '--shell', 'echo kept > kept; exit 2'])
    assert.equal(code, 2)
    const slug = /^leased (\S+)$/m.exec(stderr)?.[1] ?? ''
    assert.deepEqual(await leases(), [slug, 'here'])
    assert.equal((await run(['run', '--id', slug, '--', 'cat', 'kept'])).stdout, 'kept\n')
    assert.equal((await run(['stop', '--id', slug])).code, 0)
    await onlyHere()
  })

  it('with a line of history that status tells', async () => {
    await run(on('exit 7'))
    assert.match((await run(['status', '--id', 'here'])).stdout, /^last run: +exit 7: exit 7$/m)
  })
})

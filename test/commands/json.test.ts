import assert from 'node:assert/strict'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {runAll} from '../support/refusals.js'

const COMMANDS = [
  ['warmup', '--slug', 'other'],
  ['run', '--id', 'source', '--shell', 'echo out; echo err >&2'],
  ['run', '--', 'echo', 'leased for this alone'],
  ['list'],
  ['status', '--id', 'source'],
  ['doctor'],
  ['providers', 'list'],
  ['providers', 'inspect', 'local'],
  ['checkpoint', 'create', '--id', 'source', '--name', 'a', '--dry-run'],
  ['checkpoint', 'create', '--id', 'source', '--name', 'a'],
  ['checkpoint', 'list', '--verify'],
  ['checkpoint', 'inspect', 'a', '--verify'],
  ['checkpoint', 'fork', 'a', '--dry-run'],
  ['checkpoint', 'fork', 'a', '--count', '2', '--slug', 'f', '--', 'echo', 'on a fork'],
  ['checkpoint', 'restore', 'a', '--id', 'other'],
  ['checkpoint', 'undo', '--id', 'other'],
  ['checkpoint', 'export', 'a', '--output', 'a.tar'],
  ['checkpoint', 'prune', '--failed'],
  ['checkpoint', 'delete', 'a', '--dry-run'],
  ['checkpoint', 'delete', 'a'],
  ['stop', '--id', 'other', '--dry-run'],
  ['stop', '--id', 'other'],
]

const FAILURES: readonly [string[], string, number][] = [
  [['status', '--id', 'nobody', '--json'], 'LEASE_NOT_FOUND', 4],
  [['checkpoint', 'inspect', 'nothing', '--json'], 'CHECKPOINT_NOT_FOUND', 4],
  [['checkpoint', 'undo', '--id', 'source', '--json'], 'NOTHING_TO_UNDO', 6],
  [['warmup', '--provider', 'moon', '--json'], 'PROVIDER_UNKNOWN', 4],
  [['warmup', '--ttl', 'soon', '--json'], 'DURATION_INVALID', 2],
  [['warmup', '--size', 'big', '--json'], 'USAGE', 2],
  [['run', '--json', '--', 'no-such-program'], 'COMMAND_NOT_STARTED', 5],
]

describe('--json', () => {
  const sandbox = useSandbox(async ({json}) => void (await json<Lease>(['warmup', '--slug', 'source'])))

  for (const args of COMMANDS) {
    it(`puts one document and nothing else on stdout: ${args.join(' ')}`, async () => {
      const answer = await sandbox.json<unknown>(args)
      assert.ok(typeof answer === 'object' && answer !== null && !('error' in answer))
    })
  }

  it('puts an error on stdout as well, and nothing of it on stderr', async () => {
    const outcomes = await runAll(
      sandbox,
      FAILURES.map(([args]) => args),
    )
    for (const [i, [args, code, exit]] of FAILURES.entries()) {
      const outcome = outcomes[i] ?? assert.fail()
      const {error} = outcome.json as {error: Record<string, unknown>}
      assert.deepEqual(Object.keys(error).sort(), ['code', 'exit', 'hint', 'message'], args.join(' '))
      assert.deepEqual([outcome.code, error['exit'], error['code']], [exit, exit, code])
      assert.doesNotMatch(outcome.stderr, /Error/)
    }
  })

  it('is the command’s own where it comes after --', async () => {
    const {stdout} = await sandbox.run(['run', '--id', 'source', '--', 'echo', '--json'])
    assert.equal(stdout, '--json\n')
  })
})

import assert from 'node:assert/strict'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'

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

const FAILURES: [string[], string, number][] = [
  [['status', '--id', 'nobody'], 'LEASE_NOT_FOUND', 4],
  [['checkpoint', 'inspect', 'nothing'], 'CHECKPOINT_NOT_FOUND', 4],
  [['checkpoint', 'undo', '--id', 'source'], 'NOTHING_TO_UNDO', 6],
  [['warmup', '--provider', 'moon'], 'PROVIDER_UNKNOWN', 4],
  [['warmup', '--ttl', 'soon'], 'DURATION_INVALID', 2],
  [['warmup', '--size', 'big'], 'USAGE', 2],
  [['run', '--', 'no-such-program'], 'COMMAND_NOT_STARTED', 5],
]

describe('--json', () => {
  const sandbox = useSandbox(async ({json}) => void (await json<Lease>(['warmup', '--slug', 'source'])))

  for (const args of COMMANDS) {
    it(`puts one document and nothing else on stdout: ${args.join(' ')}`, async () => {
      const answer = await sandbox.json<unknown>(args)
      assert.ok(typeof answer === 'object' && answer !== null && !('error' in answer))
    })
  }

  for (const [args, code, exit] of FAILURES) {
    it(`puts an error on stdout as well: ${args.join(' ')}`, async () => {
      const end = args.indexOf('--')
      const outcome = await sandbox.run(
        end === -1 ? [...args, '--json'] : [...args.slice(0, end), '--json', ...args.slice(end)],
      )
      const {error} = outcome.json as {error: Record<string, unknown>}
      assert.deepEqual(Object.keys(error).sort(), ['code', 'exit', 'hint', 'message'])
      assert.deepEqual([outcome.code, error['exit'], error['code']], [exit, exit, code])
      assert.doesNotMatch(outcome.stderr, /Error/)
    })
  }

  it('is the command’s own where it comes after --', async () => {
    const {stdout} = await sandbox.run(['run', '--id', 'source', '--', 'echo', '--json'])
    assert.equal(stdout, '--json\n')
  })
})

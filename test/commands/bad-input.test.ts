import assert from 'node:assert/strict'
import {tmpdir} from 'node:os'

import {useSandbox, type Outcome} from '../support/cli.js'
import {assertRefusal, runAll, type Refusal} from '../support/refusals.js'
import {sharesBlocks} from '../support/tiers-here.js'
import type {Picture} from '../support/tree.js'

const usage = (code: string, says: RegExp): Refusal => ({exit: 2, code, says})

/** Where a value came out wrong, the message quotes it. */
const REFUSED: readonly [string[], Refusal][] = [
  [['warmup', '--slug', 'Two Words'], usage('SLUG_INVALID', /"Two Words"/)],
  [['warmup', '--slug', '../up'], usage('SLUG_INVALID', /"\.\.\/up"/)],
  [['warmup', '--slug', 'source'], {exit: 6, code: 'SLUG_TAKEN', says: /source/}],
  [['warmup', '--ttl', '12'], usage('DURATION_INVALID', /"12".*12h/)],
  [['warmup', '--class', 'giant'], usage('USAGE', /giant.*beast/)],
  [['warmup', '--provider', 'moon'], {exit: 4, code: 'PROVIDER_UNKNOWN', says: /moon.*local/}],
  [['warmup', '--speed', 'fast'], usage('USAGE', /--speed/)],
  [['warmup', '--class', 'fast', 'extra'], usage('USAGE', /extra/)],
  [['status'], usage('USAGE', /flag id/)],
  [['status', '--id', 'nobody'], {exit: 4, code: 'LEASE_NOT_FOUND', says: /"nobody".*crabbox list/}],
  [['status', '--id', ''], {exit: 4, code: 'LEASE_NOT_FOUND', says: /""/}],
  [['status', '--id', 'cbx_'], {exit: 4, code: 'LEASE_NOT_FOUND', says: /"cbx_"/}],
  [['stop'], usage('LEASE_MISSING', /--expired/)],
  [['stop', '--id', 'source', '--expired'], usage('USAGE', /--expired/)],
  [['run', '--id', 'source'], usage('COMMAND_MISSING', /--shell/)],
  [['run', '--id', 'source', '--ttl', '1h', '--', 'true'], usage('USAGE', /--ttl .*--id source/)],
  [['run', '--id', 'source', '--host', 'box', '--', 'true'], usage('USAGE', /--host .*--id source/)],
  [['run', '--id', 'source', '--shell', 'true', '--', 'true'], usage('COMMAND_TWICE', /one of them/)],
  [['run', '--id', 'source', '--keep', '--', 'true'], usage('USAGE', /--keep/)],
  [['run', '--id', 'nobody', '--', 'true'], {exit: 4, code: 'LEASE_NOT_FOUND'}],
  [['run', '--provider', 'moon', '--', 'true'], {exit: 4, code: 'PROVIDER_UNKNOWN'}],
  [['run', '--nope', '--', 'true'], usage('USAGE', /--nope/)],
  [['run', '--env', 'TOKEN=secret', '--', 'true'], usage('ENV_NAME_INVALID', /without a value/)],
  [['run', '--env', 'NOT_SET_ANYWHERE', '--', 'true'], usage('ENV_NOT_SET', /NOT_SET_ANYWHERE/)],
  [['checkpoint', 'create', '--id', 'nobody'], {exit: 4, code: 'LEASE_NOT_FOUND'}],
  [['checkpoint', 'create', '--id', 'source', '--name', 'a/b'], usage('CHECKPOINT_NAME_INVALID', /"a\/b"/)],
  [['checkpoint', 'create', '--id', 'source', '--name', 'a\nb'], usage('CHECKPOINT_NAME_INVALID', /"a\\nb"/)],
  [['checkpoint', 'create', '--id', 'source', '--name', ''], usage('CHECKPOINT_NAME_INVALID', /""/)],
  [['checkpoint', 'create', '--id', 'source', '--name', '../a'], usage('CHECKPOINT_NAME_INVALID', /"\.\.\/a"/)],
  [['checkpoint', 'create', '--id', 'source', '--label', 'ticket'], usage('LABEL_INVALID', /key=value/)],
  [['checkpoint', 'create', '--id', 'source', '--label', '=1'], usage('LABEL_INVALID', /"=1"/)],
  [
    ['checkpoint', 'create', '--id', 'source', '--mode', 'ami'],
    usage('TIER_UNSUPPORTED', /aws-ami.*workspace-archive/),
  ],
  // Where it can be made, it is.
  ...(sharesBlocks(tmpdir())
    ? []
    : [
        [
          ['checkpoint', 'create', '--id', 'source', '--mode', 'native'],
          usage('TIER_REFUSED', /cannot share blocks between files; Btrfs and XFS can/),
        ] satisfies [string[], Refusal],
      ]),
  [['checkpoint', 'create', '--id', 'source', '--reboot'], usage('USAGE', /--reboot is for images/)],
  [['checkpoint', 'create', '--id', 'source', '--mode', 'magic'], usage('USAGE', /magic.*recipe/)],
  [['checkpoint', 'inspect'], usage('USAGE', /checkpoint/)],
  [['checkpoint', 'inspect', 'nothing'], {exit: 4, code: 'CHECKPOINT_NOT_FOUND', says: /"nothing".*checkpoint list/}],
  [['checkpoint', 'inspect', 'chk_'], {exit: 4, code: 'CHECKPOINT_NOT_FOUND'}],
  [['checkpoint', 'fork', 'nothing'], {exit: 4, code: 'CHECKPOINT_NOT_FOUND'}],
  [['checkpoint', 'fork', 'saved', 'more'], usage('USAGE', /more is one word too many/)],
  [['checkpoint', 'fork', 'saved', '--count', '0'], usage('COUNT_INVALID', /--count 0/)],
  [['checkpoint', 'fork', 'saved', '--count', '-2'], usage('COUNT_INVALID', /--count -2/)],
  [['checkpoint', 'fork', 'saved', '--count', '99999999999999999999'], usage('COUNT_INVALID', /1 to 1000/)],
  [['checkpoint', 'export', 'saved', '--output', ''], usage('OUTPUT_MISSING', /no file/)],
  [['checkpoint', 'fork', 'saved', '--count', 'many'], usage('USAGE', /many/)],
  [['checkpoint', 'fork', 'saved', '--ttl', '1y'], usage('DURATION_INVALID', /"1y"/)],
  [['checkpoint', 'fork', 'saved', '--slug', 'A'], usage('SLUG_INVALID', /"A"/)],
  [['checkpoint', 'fork', 'saved', '--slug', 'source'], {exit: 6, code: 'SLUG_TAKEN'}],
  [['checkpoint', 'fork', 'saved', '--provider', 'moon'], {exit: 4, code: 'PROVIDER_UNKNOWN'}],
  [['checkpoint', 'restore', 'saved', '--id', 'nobody'], {exit: 4, code: 'LEASE_NOT_FOUND'}],
  [['checkpoint', 'restore', 'nothing', '--id', 'source'], {exit: 4, code: 'CHECKPOINT_NOT_FOUND'}],
  [['checkpoint', 'undo', '--id', 'source'], {exit: 6, code: 'NOTHING_TO_UNDO', says: /restore/}],
  [['checkpoint', 'delete', 'nothing'], {exit: 4, code: 'CHECKPOINT_NOT_FOUND'}],
  [['checkpoint', 'prune'], usage('PRUNE_WHAT', /--failed/)],
  [['checkpoint', 'prune', '--older-than', 'yesterday'], usage('DURATION_INVALID', /"yesterday"/)],
  [['checkpoint', 'prune', '--tier', 'gold'], usage('USAGE', /gold/)],
  [['checkpoint', 'list', '--label', 'x'], usage('LABEL_INVALID', /"x"/)],
  [['checkpoint', 'export', 'saved', '--output', 'file.zip'], usage('OUTPUT_FORMAT', /\.tar\.zst/)],
  [['checkpoint', 'export', 'nothing', '--output', 'file.tar'], {exit: 4, code: 'CHECKPOINT_NOT_FOUND'}],
  [['providers', 'inspect', 'moon'], {exit: 4, code: 'PROVIDER_UNKNOWN', says: /local/}],
]

describe('what cannot be meant', () => {
  let outcomes: Outcome[] = []
  const states: Picture[] = []
  const sandbox = useSandbox(async ({json, stateNow}) => {
    await json(['warmup', '--slug', 'source'])
    await json(['run', '--id', 'source', '--', 'true'])
    await json(['checkpoint', 'create', '--id', 'source', '--name', 'saved'])
    states.push(await stateNow())
    outcomes = await runAll(
      sandbox,
      REFUSED.map(([args]) => args),
    )
    states.push(await stateNow())
  })

  for (const [i, [args, refusal]] of REFUSED.entries())
    it(`is refused with ${refusal.code}: ${JSON.stringify(args.join(' '))}`, () => assertRefusal(outcomes[i], refusal))

  it('changes nothing in the state directory', () => assert.deepEqual(states[1], states[0]))
})

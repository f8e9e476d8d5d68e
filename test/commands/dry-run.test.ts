import assert from 'node:assert/strict'

import {useSandbox, type Outcome} from '../support/cli.js'
import {runAll} from '../support/refusals.js'
import {pictureOf, type Picture} from '../support/tree.js'

const PLANS: readonly [string[], RegExp][] = [
  [['checkpoint', 'create', '--id', 'source'], /^would save .*\/shop as workspace-archive, on top of chk_/],
  [['checkpoint', 'create', '--id', 'source', '--mode', 'recipe'], /^would save .* as recipe$/m],
  [
    ['checkpoint', 'fork', 'saved', '--count', '2', '--', 'touch', 'oops'],
    /^would open 2 local leases of class standard/,
  ],
  [
    ['checkpoint', 'restore', 'saved', '--id', 'source'],
    /put +README.md\n +remove new\nwould restore .*: 2 put, 1 removed/,
  ],
  [['checkpoint', 'delete', 'saved'], /^would delete chk_\w+ \(saved\)/],
  [['checkpoint', 'prune', '--older-than', '0s'], /^would delete chk_\w+ \(saved\)/],
  [['stop', '--id', 'source'], /^would stop source/],
  [['stop', '--expired'], /^would stop old/],
]

describe('--dry-run', () => {
  let outcomes: Outcome[] = []
  const states: Picture[] = []
  const sandbox = useSandbox(async ({json, state}) => {
    await json(['warmup', '--slug', 'source'])
    await json(['warmup', '--slug', 'old', '--ttl', '0s'])
    await json(['run', '--id', 'source', '--', 'true'])
    await json(['checkpoint', 'create', '--id', 'source', '--name', 'saved'])
    await json(['run', '--id', 'source', '--no-sync', '--shell', 'echo changed > README.md; echo new > new'])
    states.push(await pictureOf(state))
    outcomes = await runAll(
      sandbox,
      PLANS.map(([args]) => flagged(args)),
    )
    states.push(await pictureOf(state))
  })

  for (const [i, [args, plan]] of PLANS.entries()) {
    it(`says what it would do: ${args.join(' ')}`, () => {
      const {code, stdout, stderr} = outcomes[i] ?? assert.fail()
      assert.deepEqual({code, stderr}, {code: 0, stderr: ''})
      assert.match(stdout, plan)
    })
  }

  it('changes nothing in the state directory, times included', () => {
    const [before, after] = states.map(untimed)
    assert.deepEqual(after, before)
  })
})

const flagged = (args: readonly string[]): string[] => {
  const end = args.indexOf('--')
  return args.toSpliced(end === -1 ? args.length : end, 0, '--dry-run')
}

/** Locks come and go in their directories, which moves the directories' own times. */
const untimed = (picture: ReadonlyMap<string, string>): [string, string][] =>
  [...picture].map(([path, line]) => [path, line.replace(/^(directory .*) \d+$/, '$1')])

import assert from 'node:assert/strict'

import {useSandbox} from '../support/cli.js'
import {pictureOf} from '../support/tree.js'

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
  const sandbox = useSandbox(async ({json}) => {
    await json(['warmup', '--slug', 'source'])
    await json(['warmup', '--slug', 'old', '--ttl', '0s'])
    await json(['run', '--id', 'source', '--', 'true'])
    await json(['checkpoint', 'create', '--id', 'source', '--name', 'saved'])
    await json(['run', '--id', 'source', '--no-sync', '--shell', 'echo changed > README.md; echo new > new'])
  })

  for (const [args, plan] of PLANS) {
    it(`says what it would do and changes nothing: ${args.join(' ')}`, async () => {
      const end = args.indexOf('--')
      const flagged = args.toSpliced(end === -1 ? args.length : end, 0, '--dry-run')
      const before = await pictureOf(sandbox.state)
      const {code, stdout, stderr} = await sandbox.run(flagged)
      assert.deepEqual({code, stderr}, {code: 0, stderr: ''})
      assert.match(stdout, plan)
      assert.deepEqual(untimed(await pictureOf(sandbox.state)), untimed(before))
    })
  }
})

/** Locks come and go in their directories, which moves the directories' own times. */
const untimed = (picture: ReadonlyMap<string, string>): [string, string][] =>
  [...picture].map(([path, line]) => [path, line.replace(/^(directory .*) \d+$/, '$1')])

import assert from 'node:assert/strict'

import {filledChecker} from '../../src/workspace/check-filled.js'
import {encodeBaseline} from '../../src/workspace/baseline.js'
import {parseProbe} from '../../src/workspace/host.js'
import type {Stat} from '../../src/workspace/stat.js'
import {idOf, statOf, statsOfSpecs, treeOf} from '../support/entries.js'

const SPECS = ['d/', 'd/a', 'link -> d', 'b']

describe('what fills a workdir', () => {
  const tools = parseProbe('0\nlister gnu\ntar tar (GNU tar) 1.34\nnone')
  const check = (stats: readonly Stat[]): ((id: ReturnType<typeof idOf>) => Buffer) => {
    const checker = filledChecker(treeOf(...SPECS), tools)
    for (const stat of stats) checker.take(stat)
    return checker.finish()
  }

  it('has a baseline of all that is there', async () => {
    const stats = statsOfSpecs(...SPECS)
    assert.deepEqual(check(stats)(idOf(1)), await encodeBaseline(idOf(1), stats))
  })

  const all = statsOfSpecs(...SPECS)
  const wrong: Record<string, readonly [readonly Stat[], RegExp]> = {
    'with a file that is not there': [all.filter(({path}) => path !== 'd/a'), /d\/a is missing/],
    'with nothing of it': [[], / is missing/],
    'with a file too many': [[...all, statOf('d/more')], /d\/more was not saved/],
    'with a file in the place of another': [[...all.filter(({path}) => path !== 'b'), statOf('c')], /c was not saved/],
    'with a file of another size': [all.map(stat => (stat.path === 'b' ? {...stat, size: 1} : stat)), /b has 1 bytes/],
    'with a directory of another mode': [
      all.map(stat => (stat.path === 'd' ? {...stat, mode: 0o700} : stat)),
      /d has the mode 700/,
    ],
    'with a link to elsewhere': [
      all.map(stat => (stat.path === 'link' ? {...stat, target: 'x'} : stat)),
      /link points elsewhere/,
    ],
  }
  for (const [what, [stats, message]] of Object.entries(wrong))
    it(`is refused ${what}`, () => assert.throws(() => check(stats), {code: 'VERIFY_FAILED', message}))
})

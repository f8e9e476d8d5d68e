import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {listCheckout} from '../../src/operations/checkout-files.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('the files of a checkout', () => {
  const dir = temporaryDirectory()

  it('have their times, also before 1970', async () => {
    const times = {old: '@-1.75', older: '@-157766399.25', whole: '@-3', epoch: '@0', new: '@1700000000.5'}
    execFileSync('git', ['init', '-q', dir()])
    for (const [name, time] of Object.entries(times)) {
      writeFileSync(join(dir(), name), '')
      execFileSync('touch', ['-d', time, join(dir(), name)])
    }

    const {files} = await listCheckout(dir())
    assert.deepEqual(Object.fromEntries(files.map(({path, mtime}) => [path, mtime])), {
      ...{old: '-1.750000000', older: '-157766399.250000000', whole: '-3.000000000'},
      ...{epoch: '0.000000000', new: '1700000000.500000000'},
    })
  })
})

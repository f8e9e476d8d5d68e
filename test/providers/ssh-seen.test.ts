import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'

import {newLeaseId} from '../../src/core/ids.js'
import {silentProgress} from '../../src/core/progress.js'
import type {Context} from '../../src/core/context.js'
import {forgetSeen, noteSeen, wasSeen} from '../../src/providers/ssh/seen.js'

describe('a lease that was seen on its host', () => {
  const lease = {id: newLeaseId()}
  const {signal} = new AbortController()
  const command = (done?: AbortSignal): Context => ({
    stateDir: '/',
    progress: silentProgress,
    signal,
    ...(done === undefined ? {} : {done}),
  })

  it('is believed to be there by the same command, for a moment', async () => {
    const context = command(new AbortController().signal)
    assert.equal(wasSeen(lease, context), false)
    noteSeen(lease, context)
    assert.equal(wasSeen(lease, context), true)
    assert.equal(wasSeen({id: newLeaseId()}, context), false)
    assert.equal(wasSeen(lease, command(new AbortController().signal)), false)
    await sleep(1010)
    assert.equal(wasSeen(lease, context), false)
    noteSeen(lease, context)
    forgetSeen(lease, context)
    assert.equal(wasSeen(lease, context), false)
  })

  it('is looked for each time where nobody says when all is done', () => {
    noteSeen(lease, command())
    assert.equal(wasSeen(lease, command()), false)
  })
})

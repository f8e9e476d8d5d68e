import assert from 'node:assert/strict'

import {cleaningUp} from '../../src/core/cleaning-up.js'
import {silentProgress} from '../../src/core/progress.js'

describe('the context of cleaning up', () => {
  it('cannot be stopped, asks nobody, and is otherwise the same', async () => {
    const asked: string[] = []
    const ask = {
      confirm: async (question: string) => asked.push(question) > 0,
      secret: async (question: string) => String(asked.push(question)),
    }
    const context = {stateDir: '/there', progress: silentProgress, signal: AbortSignal.abort(), ask, more: 7}
    const cleaning = cleaningUp(context)
    assert.equal(cleaning.signal.aborted, false)
    assert.equal(await cleaning.ask.confirm('Connect?'), false)
    await assert.rejects(cleaning.ask.secret('Passphrase:'), {code: 'INTERRUPTED'})
    assert.deepEqual(asked, [])
    assert.equal(cleaning.stateDir, '/there')
    assert.equal(cleaning.more, 7)
  })
})

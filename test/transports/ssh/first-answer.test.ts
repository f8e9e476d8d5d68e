import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'

import {firstAnswer, type FirstAnswer} from '../../../src/transports/ssh/first-answer.js'

describe('a host', () => {
  const [near, far] = [5, 200]
  const after = (login: number): FirstAnswer => firstAnswer(why => new Error(why), login, 30_000)

  it('is distant where its first channel takes long, and not where it does not', async () => {
    for (const [login, slow] of [
      [near, true],
      [far, false],
    ] as const) {
      const answer = after(login)
      const opened = answer.wait(slow ? sleep(60, 'a channel') : Promise.resolve('a channel'))
      assert.equal(await answer.distant(), slow)
      assert.equal(await opened, 'a channel')
      await answer.wait(sleep(slow ? 0 : 60))
      assert.equal(await answer.distant(), slow)
    }
  })

  it('is what logging in says where it has opened no channel yet', async () => {
    assert.equal(await after(near).distant(), false)
    assert.equal(await after(far).distant(), true)
  })

  it('that opens none keeps nobody waiting who asks', async () => {
    const answer = after(far)
    const refused = answer.wait(Promise.reject(new Error('refused')))
    assert.equal(await answer.distant(), true)
    await assert.rejects(refused, /refused/)
  })
})

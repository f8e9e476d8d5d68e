import assert from 'node:assert/strict'

import type * as errors from '../../src/core/errors.js'
import {CrabboxError, notFoundError, throwIfAborted} from '../../src/core/errors.js'

/** The same module as another package would bring it. */
const anotherCopy = async (): Promise<typeof errors> => {
  const url = new URL('../../src/core/errors.js?another', import.meta.url)
  return (await import(url.href)) as typeof errors
}

describe('an error', () => {
  it('is one of Crabbox, whichever copy of the package made it', async () => {
    const other = await anotherCopy()
    assert.notEqual(other.CrabboxError, CrabboxError)
    const foreign = other.providerError('SLOW', 'it is slow', 'Wait.')
    assert.ok(foreign instanceof CrabboxError)
    assert.ok(notFoundError('GONE', 'it is gone') instanceof other.CrabboxError)
    assert.throws(() => throwIfAborted(AbortSignal.abort(foreign)), {code: 'SLOW'})
  })

  it('is none of Crabbox when it only looks like one, or is of a kind that has no exit code', async () => {
    for (const value of [new Error('no'), {kind: 'usage', code: 'NO', message: 'no'}, null, undefined, 'usage'])
      assert.equal(value instanceof CrabboxError, false)
    const {CrabboxError: Other} = await anotherCopy()
    assert.equal(new Other('later' as 'usage', 'LATER', 'it is of a later kind') instanceof CrabboxError, false)
  })
})

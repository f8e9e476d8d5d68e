import assert from 'node:assert/strict'

import type {Provider} from '../../src/core/provider.js'
import {memory} from '../../src/providers/memory/index.js'
import {handlersFor, restoreHandlersFor} from '../../src/core/narrow.js'
import {recipe} from '../../src/tiers/recipe.js'

describe('handlersFor', () => {
  it('gives the handlers of a tier that the provider serves', () => {
    const provider = memory()
    assert.equal(handlersFor(provider, 'provider-native'), provider.tiers['provider-native'])
  })

  it('refuses another tier, and names those that the provider serves', () => {
    const provider: Provider = {...memory(), tiers: {...memory().tiers, recipe: recipe()}}
    assert.throws(() => handlersFor(provider, 'aws-ami'), {
      code: 'TIER_UNSUPPORTED',
      kind: 'usage',
      message: 'the provider memory cannot make or use aws-ami checkpoints',
      hint: 'It serves: provider-native, recipe.',
    })
  })
})

describe('restoreHandlersFor', () => {
  it('gives the handlers of a tier that is restored in place', () => {
    const provider = memory()
    assert.equal(restoreHandlersFor(provider, 'provider-native'), provider.restores?.['provider-native'])
  })

  it('gives null for a tier, or a provider, that is not', () => {
    const {name, summary, leases, tiers} = memory()
    assert.equal(restoreHandlersFor(memory(), 'workspace-archive'), null)
    assert.equal(restoreHandlersFor({name, summary, leases, tiers}, 'provider-native'), null)
  })
})

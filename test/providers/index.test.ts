import assert from 'node:assert/strict'

import type {ProviderDescriptor} from '../../src/core/provider.js'
import registerProviders from '../../src/providers/index.js'
import {createRegistry} from '../../src/providers/registry.js'

describe('the hook of the built-in providers', () => {
  it('registers each under the name that it has when it is loaded', async () => {
    const registry = createRegistry()
    await registerProviders({registry})
    assert.deepEqual(
      registry.list().map(({name}) => name),
      ['local', 'ssh'],
    )
    for (const {name, summary} of registry.list()) {
      const provider = await registry.get(name)
      assert.deepEqual([provider.name, provider.summary], [name, summary])
    }
  })

  it('asks nothing of the registry that a third party could not', async () => {
    const registered: ProviderDescriptor[] = []
    await registerProviders({registry: {register: descriptor => void registered.push(descriptor)}})
    assert.equal(registered.length, 2)
  })
})

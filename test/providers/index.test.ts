import assert from 'node:assert/strict'

import type {ProviderDescriptor} from '../../src/core/provider.js'
import {registerBuiltIns} from '../../src/providers/index.js'
import {createRegistry} from '../../src/providers/registry.js'

describe('the built-in providers', () => {
  it('are registered under the names that they have when they are loaded', async () => {
    const registry = createRegistry()
    registerBuiltIns(registry)
    const registered = await registry.list()
    assert.deepEqual(
      registered.map(({name}) => name),
      ['local', 'ssh', 'aws'],
    )
    for (const {name, summary} of registered) {
      const provider = await registry.get(name)
      assert.deepEqual([provider.name, provider.summary], [name, summary])
    }
  })

  it('ask nothing of the registry that a third party could not', () => {
    const registered: ProviderDescriptor[] = []
    registerBuiltIns({register: descriptor => void registered.push(descriptor)})
    assert.equal(registered.length, 3)
  })
})

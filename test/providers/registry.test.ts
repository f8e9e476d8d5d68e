import assert from 'node:assert/strict'

import {CONTRACT} from '../../src/core/contract.js'
import {busyError} from '../../src/core/errors.js'
import type {Provider, ProviderDescriptor} from '../../src/core/provider.js'
import {memory} from '../../src/providers/memory/index.js'
import {createRegistry} from '../../src/providers/registry.js'

const descriptor = (name: string, load: () => Promise<Provider>): ProviderDescriptor => ({
  name,
  summary: name,
  contract: CONTRACT,
  load,
})
const sound = descriptor('memory', async () => memory())

/** What a plugin in plain JavaScript may hand out, whatever the types say. */
const claiming = (value: unknown): ProviderDescriptor => descriptor('odd', async () => value as Provider)

describe('the registry', () => {
  it('lists providers in the order in which they were registered, and those of plugins last', async () => {
    const registry = createRegistry(async ({register}) => register({...sound, name: 'added'}))
    for (const name of ['zoo', 'memory', 'aws']) registry.register({...sound, name})
    assert.deepEqual(
      (await registry.list()).map(({name}) => name),
      ['zoo', 'memory', 'aws', 'added'],
    )
  })

  it('asks plugins once, and only for a name that it does not know', async () => {
    let asked = 0
    const registry = createRegistry(async ({register}) => {
      asked++
      register({...sound, name: 'added', load: async () => ({...memory(), name: 'added'})})
    })
    registry.register(sound)
    await registry.get('memory')
    assert.notEqual(await registry.find('memory'), null)
    assert.equal(asked, 0)
    assert.equal((await registry.get('added')).name, 'added')
    assert.equal(await registry.find('other'), null)
    await registry.list()
    assert.equal(asked, 1)
  })

  it('keeps a built-in provider whose name a plugin registers', async () => {
    const refusals: unknown[] = []
    const registry = createRegistry(async ({register}) => {
      try {
        register({...sound, summary: 'another'})
      } catch (error) {
        refusals.push(error)
      }
    })
    registry.register(sound)
    assert.deepEqual(await registry.list(), [sound])
    assert.match(String(refusals), /there is a provider named memory already/)
  })

  const unfit: [string, unknown, string, RegExp][] = [
    ['nothing', undefined, 'PROVIDER_NAME_INVALID', /cannot be a provider's name/],
    ['no name', {...sound, name: undefined}, 'PROVIDER_NAME_INVALID', /cannot be a provider's name/],
    ['no summary', {...sound, summary: undefined}, 'PROVIDER_INVALID', /without summary or load/],
    ['nothing to load', {...sound, load: 'index.js'}, 'PROVIDER_INVALID', /without summary or load/],
    ['no contract', {...sound, contract: undefined}, 'PROVIDER_INVALID', /does not say for which contract/],
    [
      'a newer contract',
      {...sound, contract: CONTRACT + 1},
      'PROVIDER_CONTRACT',
      /for contract 2 of Crabbox, .* has 1$/,
    ],
  ]
  for (const [what, value, code, message] of unfit) {
    it(`refuses a descriptor with ${what}`, async () => {
      const registry = createRegistry()
      assert.throws(() => registry.register(value as ProviderDescriptor), {code, kind: 'config', message})
      assert.deepEqual(await registry.list(), [])
    })
  }

  it('refuses a second provider of the same name, and keeps the first', async () => {
    const registry = createRegistry()
    registry.register(sound)
    assert.throws(() => registry.register(descriptor('memory', () => Promise.reject(new Error('second')))), {
      code: 'PROVIDER_DUPLICATE',
      kind: 'config',
      message: /memory/,
    })
    assert.equal((await registry.get('memory')).name, 'memory')
  })

  for (const name of ['', 'Local', 'a b', '../x', '1st', 'x'.repeat(41)]) {
    it(`refuses the name ${JSON.stringify(name)}`, () => {
      assert.throws(() => createRegistry().register({...sound, name}), {code: 'PROVIDER_NAME_INVALID', kind: 'config'})
    })
  }

  it('loads a provider when it is asked for, once, and no other', async () => {
    const loads: string[] = []
    const counting = (name: string): ProviderDescriptor =>
      descriptor(name, async () => {
        loads.push(name)
        return {...memory(), name}
      })
    const registry = createRegistry()
    registry.register(counting('one'))
    registry.register(counting('two'))
    await registry.list()
    assert.deepEqual(loads, [])
    const [first, second] = await Promise.all([registry.get('one'), registry.get('one')])
    assert.equal(first, second)
    assert.deepEqual(loads, ['one'])
  })

  it('names the known ones when it is asked for another', async () => {
    const registry = createRegistry()
    registry.register(sound)
    await assert.rejects(registry.get('memori'), {
      code: 'PROVIDER_UNKNOWN',
      kind: 'notFound',
      message: /"memori"/,
      hint: /Known are: memory\./,
    })
  })

  it('says which plugin cannot be loaded and why, and goes on with the others', async () => {
    const cause = new Error('Cannot find package xyz')
    const registry = createRegistry()
    registry.register(descriptor('broken', () => Promise.reject(cause)))
    registry.register(
      descriptor('throws', () => {
        throw cause
      }),
    )
    registry.register(sound)
    for (const name of ['broken', 'throws']) {
      const expected = {code: 'PROVIDER_LOAD_FAILED', kind: 'config', cause}
      await assert.rejects(registry.get(name), expected)
      await assert.rejects(registry.get(name), {message: `the provider ${name} cannot be loaded: ${cause.message}`})
    }

    assert.equal((await registry.get('memory')).name, 'memory')
  })

  it("passes a provider's own refusal on as it is", async () => {
    const registry = createRegistry()
    const refusal = busyError('NO_CREDENTIALS', 'there are no credentials', 'Log in.')
    registry.register(descriptor('memory', () => Promise.reject(refusal)))
    await assert.rejects(registry.get('memory'), error => error === refusal)
  })

  const odd: [string, unknown, RegExp][] = [
    ['nothing at all', undefined, /is no provider/],
    ['a string', 'provider', /is no provider/],
    ['no tiers', {...memory(), name: 'odd', tiers: null}, /is no provider/],
    ['no lease operations', {...memory(), name: 'odd', leases: undefined}, /is no provider/],
    [
      'no acquire',
      {...memory(), name: 'odd', leases: {...memory().leases, acquire: undefined}},
      /has no leases\.acquire/,
    ],
    [
      'a dial that cannot be called',
      {...memory(), name: 'odd', leases: {...memory().leases, dial: true}},
      /a leases\.dial that is no function/,
    ],
    ['another name', memory(), /calls itself memory/],
    ['an empty tier table', {...memory(), name: 'odd', tiers: {}}, /serves no tier/],
    ['a tier that there is none of', {...memory(), name: 'odd', tiers: {floppy: {}}}, /the tier floppy, .*recipe/],
    ['a tier without handlers', {...memory(), name: 'odd', tiers: {recipe: {}}}, /the tier recipe without probe/],
    [
      'a tier without guarantees',
      {...memory(), name: 'odd', tiers: {'provider-native': {...memory().tiers['provider-native'], guarantees: 1}}},
      /the tier provider-native without guarantees/,
    ],
    [
      'a restore of a tier that it does not serve',
      {...memory(), name: 'odd', restores: {'workspace-archive': {}}},
      /restores the tier workspace-archive, which it does not serve/,
    ],
  ]
  for (const [what, value, message] of odd) {
    it(`refuses a provider with ${what}`, async () => {
      const registry = createRegistry()
      registry.register(claiming(value))
      await assert.rejects(registry.get('odd'), {code: 'PROVIDER_INVALID', kind: 'config', message})
    })
  }
})

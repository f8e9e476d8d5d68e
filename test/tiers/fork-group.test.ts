import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Placement} from '../../src/core/lease.js'
import {forkGroups, inTurn, type ForkGroup, type Turn} from '../../src/tiers/fork-group.js'
import type {Manifest, OpenedManifest} from '../../src/workspace/manifest.js'

const LOOKS = {fingerprint: 'f', changed: '1'}
const placement = (workdir: string, host = 'one'): Placement => ({workRoot: '/', workdir, details: {host}})
const sameHost = (a: Placement, b: Placement): boolean => a.details['host'] === b.details['host']
const none = async (): Promise<OpenedManifest> => ({manifest: Promise.resolve({} as Manifest)})

describe('forks that are made at the same time', () => {
  let group: ForkGroup
  let events: string[]
  beforeEach(() => {
    group = {opened: none(), leaders: []}
    events = []
  })

  /** A fork that takes a while, and says whether it was sent or copied. */
  const fork = (name: string, {host = 'one', copies = true, fails = false, tells = true} = {}): Promise<void> =>
    inTurn(group, placement(name, host), copies ? sameHost : undefined, async ({twin, filled}: Turn) => {
      const found = await twin()
      events.push(found === null ? `${name} is sent` : `${name} copies ${found.path}`)
      await sleep(5)
      if (fails) throw new Error(`${name} fails`)
      filled(() => (tells ? LOOKS : null))
      events.push(`${name} ends`)
    })

  it('are sent once on each host', async () => {
    await Promise.all([fork('a'), fork('b'), fork('c', {host: 'two'}), fork('d', {host: 'two'})])
    assert.deepEqual(events.filter(event => !event.endsWith('ends')).sort(), [
      'a is sent',
      'b copies a',
      'c is sent',
      'd copies c',
    ])
    assert.ok(events.indexOf('c is sent') < events.indexOf('a ends'))
  })

  it('do not wait any longer where the first fails', async () => {
    const results = await Promise.allSettled([fork('a', {fails: true}), fork('b'), fork('c')])
    assert.deepEqual(
      results.map(({status}) => status),
      ['rejected', 'fulfilled', 'fulfilled'],
    )
    assert.deepEqual(events.slice(0, 3), ['a is sent', 'b is sent', 'c is sent'])
    await Promise.all([fork('d'), fork('e')])
    assert.deepEqual(events.slice(-4), ['d is sent', 'd ends', 'e copies d', 'e ends'])
  })

  it('are all sent at the same time where the host does not tell how the first looks', async () => {
    await Promise.all([fork('a', {tells: false}), fork('b', {tells: false}), fork('c', {tells: false})])
    assert.deepEqual(events.slice(0, 4), ['a is sent', 'a ends', 'b is sent', 'c is sent'])
  })

  it('wait for nobody on hosts that copy nothing', async () => {
    await Promise.all([fork('a', {copies: false}), fork('b', {copies: false})])
    assert.deepEqual(events.slice(0, 2), ['a is sent', 'b is sent'])
  })

  it('do not wait for themselves when they are begun again', async () => {
    await inTurn(group, placement('a'), sameHost, async ({twin}) => {
      assert.equal(await twin(), null)
      assert.equal(await twin(), null)
    })
  })

  it('read the manifest once, and again when all of them have ended', async () => {
    const groups = forkGroups()
    let reads = 0
    const open = (): Promise<OpenedManifest> => {
      reads++
      return none()
    }
    const work = async ({opened}: ForkGroup): Promise<void> => void (await opened)
    await Promise.all([groups('x', open, work), groups('x', open, work), groups('y', open, work)])
    assert.equal(reads, 2)
    await groups('x', open, work)
    assert.equal(reads, 3)
    await assert.rejects(
      groups('x', () => Promise.reject(new Error('gone')), work),
      {message: 'gone'},
    )
    await groups('x', open, work)
    assert.equal(reads, 4)
  })
})

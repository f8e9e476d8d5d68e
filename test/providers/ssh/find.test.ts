import assert from 'node:assert/strict'
import {chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {FoundLeases} from '../../../src/core/found-lease.js'
import {newLeaseId, type CheckpointId, type LeaseId} from '../../../src/core/ids.js'
import type {LeaseRequest} from '../../../src/core/lease.js'
import {thisUser} from '../../../src/core/this-user.js'
import {findLeases} from '../../../src/providers/ssh/find.js'
import {readMarker, writeMarker} from '../../../src/providers/ssh/marker.js'
import {localTransport} from '../../../src/transports/local.js'
import {newLeaseRequest} from '../../support/lease-request.js'
import {temporaryDirectory} from '../../support/temporary.js'

const requestOf = (id: LeaseId, changed: Partial<LeaseRequest> = {}): LeaseRequest =>
  newLeaseRequest({id, repoName: 'shop', ...changed})

describe('leases on a host', () => {
  const dir = temporaryDirectory()
  const root = (): string => realpathSync(dir())
  const find = (directory = dir()): Promise<FoundLeases> =>
    findLeases(localTransport(), {host: 'there', hostKey: 'a key', root: directory}, AbortSignal.timeout(10_000))
  const put = (text: string | Buffer, id = newLeaseId()): LeaseId => {
    mkdirSync(join(dir(), id))
    writeFileSync(join(dir(), id, '.crabbox-lease'), text)
    return id
  }

  it('are found by their markers, in a root with any name', async () => {
    const forkedFrom = `chk_${'a'.repeat(16)}` as CheckpointId
    const expiresAt = new Date().toISOString()
    const id = newLeaseId()
    const request = requestOf(id, {expiresAt, forkedFrom, class: 'beast'})
    put(`${writeMarker(request)}\n`, id)
    const {leases, damaged} = await find()
    const {createdAt, ...found} = leases[0] ?? assert.fail('none was found')
    assert.deepEqual([leases.length, damaged], [1, []])
    assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000)
    assert.deepEqual(found, {
      ...{id, slug: request.slug, class: 'beast', repoName: 'shop', owner: thisUser(), expiresAt, forkedFrom},
      ...{workRoot: `${root()}/${id}`, workdir: `${root()}/${id}/shop`},
      details: {host: 'there', hostKey: 'a key', root: root()},
    })
    const strange = join(dir(), "-a 'b\n/$c\n")
    mkdirSync(join(strange, id), {recursive: true})
    writeFileSync(join(strange, id, '.crabbox-lease'), writeMarker(request))
    assert.equal((await find(strange)).leases[0]?.details['root'], realpathSync(strange))
    assert.deepEqual(await find(join(dir(), 'none')), {leases: [], damaged: []})
  })

  it('that are damaged never hide the others, and each has its reason', async () => {
    const whole = (id: LeaseId): string => writeMarker(requestOf(id))
    const ids = [newLeaseId(), newLeaseId()].sort()
    for (const id of ids) put(whole(id), id)
    const [empty, missing, link] = [newLeaseId(), newLeaseId(), newLeaseId()]
    put('', empty)
    mkdirSync(join(dir(), missing))
    mkdirSync(join(dir(), link))
    symlinkSync('/nowhere', join(dir(), link, '.crabbox-lease'))
    const broken = [
      put(whole(newLeaseId())),
      put('{"lease":'),
      put(Buffer.from([0, 255, 10, 47, 10, 13, 0xe2, 0x80, 0xa8, 47])),
      put('x'.repeat(100_000)),
      put(`\n/etc\n${newLeaseId()} marker {}\n`),
    ]
    for (const name of ['cbx_other', 'cbx_0123456789ab\nevil', `.released-${newLeaseId()}`, 'notes'])
      mkdirSync(join(dir(), name))
    writeFileSync(join(dir(), newLeaseId()), whole(newLeaseId()))
    const {leases, damaged} = await find()
    assert.deepEqual(leases.map(({id}) => id).sort(), ids)
    assert.ok(leases.every(({details}) => details['root'] === root()))
    const reasons: [string, string][] = [
      [missing, 'it has no marker'],
      [link, 'it has no marker'],
      ...[empty, ...broken].map((id): [string, string] => [id, 'its marker is damaged']),
    ]
    const found = damaged.map(({id, reason}): [string, string] => [id, reason])
    assert.deepEqual(found.sort(), reasons.sort())
  })

  it('are left exactly as they are', async () => {
    const id = newLeaseId()
    put(writeMarker(requestOf(id)), id)
    const text = readFileSync(join(dir(), id, '.crabbox-lease'), 'utf8')
    chmodSync(join(dir(), id), 0o500)
    await find()
    chmodSync(join(dir(), id), 0o700)
    assert.deepEqual([readdirSync(dir()), readFileSync(join(dir(), id, '.crabbox-lease'), 'utf8')], [[id], text])
  })
})

describe('a marker', () => {
  const id = newLeaseId()
  const whole = JSON.parse(writeMarker(requestOf(id))) as Record<string, unknown>
  const read = (changed: Record<string, unknown>): unknown => readMarker(id, JSON.stringify({...whole, ...changed}))

  it('is read as it was written, also without what older ones do not have', () => {
    assert.notEqual(read({}), null)
    assert.deepEqual(read({forkedFrom: undefined}), read({}))
  })

  it('is damaged when a field is missing, of another kind, or would do harm', () => {
    const wrong: Record<string, readonly unknown[]> = {
      lease: [newLeaseId()],
      slug: ['A', '-', '../x', 'a'.repeat(41)],
      class: ['huge'],
      repo: ['', '.', '..', '../x', 'a/b', '-rf', '.ssh', 'a b', 'a\n'],
      owner: ['', 'me\u001B[2J', 'a\nb', 'a\u202Eb', '\u009B', 'x'.repeat(400)],
      createdAt: ['', 'yesterday', '2026-99-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z\n'],
      expiresAt: ['', 'never'],
      forkedFrom: ['chk_1'],
    }
    for (const [name, values] of Object.entries(wrong))
      for (const value of [...values, 1, {}, [], true])
        assert.equal(read({[name]: value}), null, `${name} ${JSON.stringify(value)}`)
    for (const name of ['lease', 'slug', 'class', 'repo', 'owner', 'createdAt', 'expiresAt'])
      assert.equal(read({[name]: undefined}), null, name)
    for (const text of ['', 'null', '[]', '"a"', '{']) assert.equal(readMarker(id, text), null, text)
  })
})

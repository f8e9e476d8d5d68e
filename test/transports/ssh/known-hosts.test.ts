import assert from 'node:assert/strict'
import {createHmac, randomBytes} from 'node:crypto'

import {checkHostKey, knownName} from '../../../src/transports/ssh/host-key.js'
import {judge, nameOf, parseKnownHosts} from '../../../src/transports/ssh/known-hosts.js'
import {newKey} from '../../support/ssh-server.js'

const [mine, other] = [newKey().public, newKey().public]
const bytes = (key: string): Buffer => Buffer.from(key.split(' ')[1] ?? '', 'base64')
const judged = (text: string, host: string, port: number, key = mine): unknown[] => {
  const {kind, where} = judge(parseKnownHosts(text, 'file'), nameOf(host, port), bytes(key))
  return where === null ? [kind] : [kind, where.line]
}

const hashed = (name: string): string => {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

describe('known_hosts', () => {
  it('knows a host by its name, in any case, and not another', () => {
    assert.deepEqual(judged(`# mine\n\nbuild ${mine} comment\n`, 'BUILD', 22), ['known', 3])
    assert.deepEqual(judged(`build ${mine}`, 'building', 22), ['unknown'])
  })

  it('tells ports apart', () => {
    assert.deepEqual(judged(`build ${mine}`, 'build', 2222), ['unknown'])
    assert.deepEqual(judged(`[build]:2222 ${mine}`, 'build', 2222), ['known', 1])
  })

  it('reads lists, patterns and exceptions', () => {
    const line = `other,*.example,!bad.example ${mine}`
    assert.deepEqual(judged(line, 'a.example', 22), ['known', 1])
    assert.deepEqual(judged(line, 'bad.example', 22), ['unknown'])
    assert.deepEqual(judged(`build? ${mine}`, 'build1', 22), ['known', 1])
    assert.deepEqual(judged(`a.b ${mine}`, 'axb', 22), ['unknown'])
  })

  it('reads hashed names', () => {
    assert.deepEqual(judged(`${hashed('build')} ${mine}`, 'build', 22), ['known', 1])
    assert.deepEqual(judged(`${hashed('[build]:2222')} ${mine}`, 'build', 2222), ['known', 1])
    assert.deepEqual(judged(`${hashed('build')} ${mine}`, 'other', 22), ['unknown'])
  })

  it('sees that a key has changed, and names the line', () => {
    assert.deepEqual(judged(`x ${mine}\nbuild ${other}`, 'build', 22), ['changed', 2])
    assert.deepEqual(judged(`build ${other}\nbuild ${mine}`, 'build', 22), ['known', 2])
    assert.deepEqual(judged('build ssh-rsa AAAA', 'build', 22), ['changed', 1])
  })

  it('lets a revoked key pass nowhere, wherever it stands', () => {
    assert.deepEqual(judged(`build ${mine}\n@revoked * ${mine}`, 'build', 22), ['revoked', 2])
    assert.deepEqual(judged(`build ${mine}\n@revoked build ${other}`, 'build', 22), ['known', 1])
  })

  it('does not take a certificate authority for a host, and skips what makes no sense', () => {
    assert.deepEqual(judged(`@cert-authority * ${mine}\n@new build ${mine}\nbuild\n`, 'build', 22), ['unknown'])
  })
})

describe('the check of a host key', () => {
  const known = parseKnownHosts(`build ${other}`, '/known')
  it('believes a pinned key alone, whatever is known', () => {
    const check = checkHostKey({name: 'build', known, pinned: mine})
    assert.equal(check.check(bytes(mine)), null)
    assert.equal(check.check(bytes(other))?.code, 'HOST_KEY_CHANGED')
  })

  it('asks for the kinds of keys that are known', () => {
    assert.deepEqual(checkHostKey({name: 'build', known, pinned: null}).algorithms, {serverHostKey: ['ssh-ed25519']})
    const rsa = parseKnownHosts('build ssh-rsa AAAA', '/known')
    const {algorithms} = checkHostKey({name: 'build', known: rsa, pinned: null})
    assert.deepEqual(algorithms, {serverHostKey: ['rsa-sha2-512', 'rsa-sha2-256']})
  })

  it('names file and line of what it does not believe', () => {
    assert.match(
      checkHostKey({name: 'build', known, pinned: null}).check(bytes(mine))?.message ?? '',
      /\/known, line 1/,
    )
  })

  it('goes by the alias where there is one', () => {
    assert.equal(knownName('10.0.0.1', 2222, 'Build'), 'build')
    assert.equal(knownName('10.0.0.1', 2222, null), '[10.0.0.1]:2222')
  })
})

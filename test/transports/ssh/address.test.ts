import assert from 'node:assert/strict'

import {formatHostAddress, parseHostAddress} from '../../../src/transports/ssh/address.js'

describe('a host as users name it', () => {
  const cases = {
    build: {user: null, host: 'build', port: null},
    'me@build.example': {user: 'me', host: 'build.example', port: null},
    'me@10.0.0.1:2222': {user: 'me', host: '10.0.0.1', port: 2222},
    'DOMAIN\\me@host': {user: 'DOMAIN\\me', host: 'host', port: null},
    'me@corp@gate': {user: 'me@corp', host: 'gate', port: null},
    'fe80::1%eth0': {user: null, host: 'fe80::1%eth0', port: null},
    'me@[::1]:22': {user: 'me', host: '::1', port: 22},
  }
  for (const [text, address] of Object.entries(cases)) {
    it(`reads ${text}`, () => assert.deepEqual(parseHostAddress(text), address))
    it(`writes ${text} so that it is read again`, () =>
      assert.deepEqual(parseHostAddress(formatHostAddress(address)), address))
  }

  for (const text of [
    '',
    '@host',
    'me@',
    '-oProxyCommand=x',
    'me@-host',
    'host:',
    'host:0',
    'host:65536',
    'host:ssh',
    'a b',
    'ho;st',
    '$(id)',
    '[::1',
    'me@h\nost',
  ])
    it(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseHostAddress(text), {code: 'HOST_INVALID', kind: 'usage'}))
})

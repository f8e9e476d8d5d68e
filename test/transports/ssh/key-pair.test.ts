import assert from 'node:assert/strict'

import ssh2 from 'ssh2'

import {newKeyPair} from '../../../src/transports/ssh/key-pair.js'

describe('a new key', () => {
  it('can be read, every time, and is what its public half says', () => {
    for (let i = 0; i < 2500; i++) {
      const {private: secret, public: shown} = newKeyPair({comment: 'crabbox lease'})
      const key = ssh2.utils.parseKey(secret)
      assert.ok(!(key instanceof Error), `key ${i}`)
      assert.equal(key.getPublicSSH().toString('base64'), shown.split(' ')[1])
    }
  })
})

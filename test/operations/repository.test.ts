import assert from 'node:assert/strict'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'

import {directoryIdentity, findCheckout, withoutCredentials} from '../../src/operations/repository.js'
import {useSandbox} from '../support/cli.js'

describe('withoutCredentials', () => {
  for (const [remote, clean] of [
    ['https://git.example.test/shop.git', 'https://git.example.test/shop.git'],
    ['https://user:s3cret@git.example.test/shop.git', 'https://git.example.test/shop.git'],
    ['https://s3cret@git.example.test/shop.git', 'https://git.example.test/shop.git'],
    ['https://x-access-token:s3cret@git.example.test:8443/a/b', 'https://git.example.test:8443/a/b'],
    ['https://user:s3%40cret@git.example.test/shop.git', 'https://git.example.test/shop.git'],
    ['https://user:s3@cret@git.example.test/shop.git', 'https://git.example.test/shop.git'],
    ['https://git.example.test/shop.git?private_token=s3cret#s3cret', 'https://git.example.test/shop.git'],
    ['ssh://git:s3cret@git.example.test:22/shop.git', 'ssh://git.example.test:22/shop.git'],
    ['git@git.example.test:team/shop.git', 'git@git.example.test:team/shop.git'],
    ['user:s3cret@git.example.test:team/shop.git', 'git.example.test:team/shop.git'],
    ['user:s3@cret@git.example.test:team/shop.git', 'git.example.test:team/shop.git'],
    ['https://user:s3cret@git.example.test:notaport/shop.git', null],
    ['https://user:s3/cret@git.example.test/shop.git', null],
    ['/srv/git/shop.git', '/srv/git/shop.git'],
    ['../shop.git', '../shop.git'],
  ] as const) {
    it(`leaves no secret of ${remote}`, () => {
      const result = withoutCredentials(remote)
      assert.doesNotMatch(result, /s3|cret/)
      if (clean !== null) assert.equal(result, clean)
    })
  }
})

describe('the checkout around a directory', () => {
  const sandbox = useSandbox()

  it('is told from below, with its branch, commit and whether it has changes', async () => {
    const {root, identity} = (await findCheckout(join(sandbox.repo, 'src'))) ?? assert.fail()
    assert.equal(root, sandbox.repo)
    assert.deepEqual({...identity, head: null}, {name: 'shop', remote: null, head: null, branch: 'main', dirty: false})
    assert.match(identity.head ?? '', /^[0-9a-f]{40}$/)
    sandbox.write('README.md', 'changed')
    assert.equal((await findCheckout(sandbox.repo))?.identity.dirty, true)
  })

  it('has no branch on a detached commit, and the remote when there is one', async () => {
    sandbox.git('checkout', '--quiet', '--detach')
    sandbox.git('remote', 'add', 'origin', 'https://u:p@git.example.test/shop.git')
    const {identity} = (await findCheckout(sandbox.repo)) ?? assert.fail()
    assert.deepEqual([identity.branch, identity.remote], [null, 'https://git.example.test/shop.git'])
  })

  it('is none outside of git', async () => {
    mkdirSync(join(sandbox.dir, 'plain'))
    assert.equal(await findCheckout(join(sandbox.dir, 'plain')), null)
  })

  for (const [directory, name] of [
    ['/a/shop', 'shop'],
    ['/a/my shop (2)', 'my-shop-2-'],
    ['/a/.hidden', 'hidden'],
    ['/a/-rf', 'rf'],
    ['/a/Ünï', 'n-'],
    ['/a/…', 'workspace'],
    ['/', 'workspace'],
  ] as const) {
    it(`makes the name ${name} of ${directory}`, () => assert.equal(directoryIdentity(directory).name, name))
  }
})

import assert from 'node:assert/strict'
import {homedir} from 'node:os'

import type {Lease} from '../../src/core/lease.js'
import {workdirOf} from '../../src/operations/workdir.js'

const lease = {workdir: '/work/leases/cbx_1/shop', workRoot: '/work/leases/cbx_1'} as Lease

describe('workdirOf', () => {
  for (const [asked, path, relative] of [
    [null, '/work/leases/cbx_1/shop', '.'],
    ['.', '/work/leases/cbx_1/shop', '.'],
    ['./', '/work/leases/cbx_1/shop', '.'],
    ['/work/leases/cbx_1/shop/', '/work/leases/cbx_1/shop', '.'],
    ['src', '/work/leases/cbx_1/shop/src', 'src'],
    ['src/../lib//x', '/work/leases/cbx_1/shop/lib/x', 'lib/x'],
    ['..data', '/work/leases/cbx_1/shop/..data', '..data'],
    ['../shop-2', '/work/leases/cbx_1/shop-2', null],
    ['/work/leases/cbx_1/shop-2', '/work/leases/cbx_1/shop-2', null],
    ['/srv/data', '/srv/data', null],
  ] as const) {
    it(`takes ${JSON.stringify(asked)} for ${path}, ${relative ?? 'outside'}`, () =>
      assert.deepEqual(workdirOf(lease, asked), {path, relative}))
  }

  const refused = [
    '',
    'a\0b',
    '/',
    '//',
    '/work/../..',
    homedir(),
    `${homedir()}/`,
    '/home/anybody',
    '/Users/anybody/.',
    '/root',
    '..',
    '../..',
    '/work',
    '/work/leases/cbx_1',
  ]
  for (const asked of refused)
    it(`refuses ${JSON.stringify(asked)}`, () =>
      assert.throws(() => workdirOf(lease, asked), {code: 'WORKDIR_REFUSED', kind: 'usage'}))

  it('refuses /home, which holds all home directories', () => {
    for (const asked of ['/home', '/Users'])
      assert.throws(() => workdirOf(lease, asked), {code: 'WORKDIR_REFUSED'}, asked)
  })

  it('refuses what holds the home directory', () =>
    assert.throws(() => workdirOf(lease, `${homedir()}/..`), {code: 'WORKDIR_REFUSED'}))
})

import assert from 'node:assert/strict'

import {parseProbe} from '../../src/workspace/host.js'

const probe = (lister: string, tar: string, sum = '/usr/bin/sha256sum'): string =>
  `0\nlister ${lister}\ntar ${tar}\n${sum}\n`

describe('the probe of a host', () => {
  for (const [lister, version, name] of [
    ['gnu', 'tar (GNU tar) 1.34 Copyright', 'gnu'],
    ['c', 'tar (busybox) 1.35.0 ', 'plain'],
    ['c', "tar: unrecognized option '--version' BusyBox v1.30.1 multi-call binary.", 'plain'],
    ['f', 'bsdtar 3.5.3 - libarchive 3.7.4', 'libarchive'],
  ] as const) {
    it(`knows ${version}`, () => {
      const tools = parseProbe(probe(lister, version))
      assert.deepEqual([tools.tar.name, tools.root, tools.hashes], [name, true, true])
    })
  }

  it('knows where nothing can check what arrives', () =>
    assert.equal(parseProbe(probe('c', 'tar (busybox) 1.35.0', 'none')).hashes, false))

  it('refuses a host by what it lacks', () => {
    assert.throws(() => parseProbe(probe('none', 'tar (GNU tar) 1.34')), {
      code: 'HOST_TOOLS_UNSUPPORTED',
      message: /has no GNU find, and no stat that takes a format$/,
    })
    assert.throws(() => parseProbe(probe('gnu', 'sh: tar: not found')), {
      code: 'HOST_TOOLS_UNSUPPORTED',
      message: /has no GNU tar, bsdtar or busybox tar$/,
    })
  })
})

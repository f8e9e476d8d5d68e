import assert from 'node:assert/strict'

import {hashesIn} from '../../src/workspace/hash-files.js'

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)] as const
const files = ['plain', 'two\nlines\\']

describe('hashes that a host prints', () => {
  for (const [program, text] of Object.entries({
    'GNU sha256sum, which escapes names': `${A}  ./plain\n\\${B}  ./two\\nlines\\\\\n`,
    'openssl, which escapes newlines': `${A} *./plain\n\\${B} *./two\\nlines\\\n`,
    'busybox sha256sum, which does not': `${A}  ./plain\n${B}  ./two\nlines\\\n`,
    'sha256 -r of FreeBSD': `${A} ./plain\n${B} ./two\nlines\\\n`,
  })) {
    it(`are those of the files: ${program}`, () => assert.deepEqual(hashesIn(text, files), [A, B]))
  }

  it('are missing where a line is, or is that of another file', () => {
    assert.deepEqual(hashesIn(`${A}  ./plain\n`, files), [A, null])
    assert.deepEqual(hashesIn(`${B}  ./two\nlines\\\n`, files), [null, B])
    assert.deepEqual(hashesIn('', files), [null, null])
    assert.deepEqual(hashesIn(`${A}  ./other\n${B}  ./two\nlines\\\n`, files), [null, null])
  })
})

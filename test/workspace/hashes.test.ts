import assert from 'node:assert/strict'

import {wrongHash} from '../../src/workspace/verify.js'
import {entryOf} from '../support/entries.js'

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)] as const
const files = [entryOf('plain', {sha256: A}), entryOf('two\nlines\\', {sha256: B})]

describe('hashes that a host prints', () => {
  for (const [program, text] of Object.entries({
    'GNU sha256sum, which escapes names': `${A}  ./plain\n\\${B}  ./two\\nlines\\\\\n`,
    'busybox sha256sum, which does not': `${A}  ./plain\n${B}  ./two\nlines\\\n`,
    'sha256 -r of FreeBSD': `${A} ./plain\n${B} ./two\nlines\\\n`,
  })) {
    it(`are those of the files: ${program}`, () => assert.equal(wrongHash(text, files), null))
  }

  it('are found to be wrong, missing, or of other files', () => {
    assert.equal(wrongHash(`${A}  ./plain\n${A}  ./two\nlines\\\n`, files), files[1])
    assert.equal(wrongHash(`${A}  ./plain\n`, files), files[1])
    assert.equal(wrongHash('', files), files[0])
    assert.equal(wrongHash(`${A}  ./other\n${B}  ./two\nlines\\\n`, files), files[0])
  })
})

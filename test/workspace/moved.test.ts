import assert from 'node:assert/strict'

import {tarDialect} from '../../src/workspace/dialect/tar.js'
import {isOther} from '../../src/workspace/moved.js'
import type {Stat} from '../../src/workspace/stat.js'
import type {TarHeader} from '../../src/workspace/tar/header.js'

describe('what was read', () => {
  const [gnu, bsdtar] = [tarDialect('GNU tar'), tarDialect('bsdtar')]
  const listed = {type: 'file', size: 3, mtime: '5.000000001', ctime: '7.000000001', target: ''} as Stat
  const header = {...listed, changed: listed.ctime} as unknown as TarHeader
  const other = (more: Partial<TarHeader>, of: Partial<Stat> = {}, tar = gnu): boolean =>
    isOther({...header, ...more}, {...listed, ...of}, tar?.sameTime ?? (() => assert.fail('no such tar')))

  it('is what was listed', () => {
    assert.equal(other({}), false)
    assert.equal(other({changed: ''}), false)
    assert.equal(other({}, {ctime: ''}), false)
  })

  it('is another where its size, a time or its target is', () => {
    assert.equal(other({size: 4}), true)
    assert.equal(other({mtime: '5.000000002'}), true)
    assert.equal(other({changed: '7.000000002'}), true)
    assert.equal(other({type: 'symlink', target: 'b'}, {type: 'symlink', target: 'a'}), true)
  })

  it('is told by times as well as a tar can tell them', () => {
    const [printed, known] = [{mtime: '-101.750000000'}, {mtime: '-100.250000000'}]
    assert.equal(other(printed, known), true)
    assert.equal(other(printed, known, bsdtar), false)
  })
})

import type {Entry} from '../../src/workspace/entry.js'
import {parseTar} from './tar-events.js'

/** What an honest manifest says of a tarball. */
export function entriesOf(tar: Buffer, layer: string): Entry[] {
  const {entries} = parseTar(tar)
  const typeOf = new Map(entries.map(({header: {path, type}}) => [path, type === 'hardlink' ? 'file' : type]))
  return entries.map(({header, at, length, content}) => {
    const {path, mode, uid, gid, mtime, size, attributes} = header
    const base = {path, mode, uid, gid, mtime, layer, at, length, attributes: attributes ?? '', hardlink: ''}
    if (header.type === 'hardlink')
      return {
        ...base,
        type: typeOf.get(header.target) ?? 'file',
        size: 0,
        target: '',
        hardlink: header.target,
        sha256: content,
      }
    const sha256 = header.type === 'file' ? content : ''
    return {...base, type: header.type, size, target: header.target, sha256}
  })
}

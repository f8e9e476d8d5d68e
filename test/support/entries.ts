import type {CheckpointId} from '../../src/core/ids.js'
import type {Entry, EntryType, Tree} from '../../src/workspace/entry.js'
import type {LayerDescriptor} from '../../src/workspace/layer/descriptor.js'
import type {SaveSummary} from '../../src/workspace/manifest-file.js'
import type {Stat} from '../../src/workspace/stat.js'

export const TEST_LAYER: LayerDescriptor = {
  name: 'chk_0000000000000000.tar.gz',
  compression: 'gz',
  bytes: 10,
  sha256: 'a'.repeat(64),
  frameBytes: 100,
  frames: [10],
}

export const NO_SUMMARY: SaveSummary = {content: 0, layerBytes: 0, excludes: [], warnings: [], parent: null}

/** An id that ends in this number. */
export const idOf = (n: number): CheckpointId => `chk_${n.toString(16).padStart(16, '0')}` as CheckpointId

const CONTENT = 'c'.repeat(64)

/** An entry: `a/` is a directory, `a -> b` a symbolic link, `a = b` another name of `b`, all else a file. */
export function entryOf(spec: string, changed: Partial<Entry> = {}): Entry {
  const {path, type, target, hardlink} = parse(spec)
  const sha256 = type === 'file' ? CONTENT : ''
  const base = {path, type, target, hardlink, sha256, mode: 0o644, uid: 0, gid: 0, size: target.length}
  return {...base, mtime: '1.000000000', attributes: '', layer: TEST_LAYER.name, at: 512, length: 512, ...changed}
}

/** How an untouched file of that entry looks in a listing. */
export function statOf(spec: string, changed: Partial<Stat> = {}): Stat {
  const {path, type, target, hardlink} = parse(spec)
  const inode = `1:${hardlink === '' ? path : hardlink}`
  const base = {path, type, target, inode, mode: 0o644, uid: 0, gid: 0, size: target.length}
  return {...base, mtime: '1.000000000', ctime: '2.000000000', links: 1, ...changed}
}

export const treeOf = (...specs: readonly string[]): Tree =>
  new Map(['/', ...specs].map(spec => [parse(spec).path, entryOf(spec)]))
export const statsOfSpecs = (...specs: readonly string[]): Stat[] => ['/', ...specs].map(spec => statOf(spec))

function parse(spec: string): {path: string; type: EntryType; target: string; hardlink: string} {
  const [path = '', target] = spec.split(' -> ')
  if (target !== undefined) return {path, type: 'symlink', target, hardlink: ''}
  const [name = '', hardlink = ''] = spec.split(' = ')
  return name.endsWith('/')
    ? {path: name.slice(0, -1), type: 'directory', target: '', hardlink: ''}
    : {path: name, type: 'file', target: '', hardlink}
}

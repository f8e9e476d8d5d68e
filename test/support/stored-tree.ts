import type {Entry} from '../../src/workspace/entry.js'
import type {LayerDescriptor} from '../../src/workspace/layer/descriptor.js'
import {createLayerWriter} from '../../src/workspace/layer/writer.js'
import {readEntries} from '../../src/workspace/read-entries.js'
import {entriesOf} from './captured.js'
import {gnuTar} from './gnu-tar.js'
import {makeHardTree} from './hard-tree.js'
import {temporaryDirectory} from './temporary.js'

/** A tree of all that is hard to save, in one layer. */
export interface StoredTree {
  readonly directory: string
  readonly layer: LayerDescriptor
  readonly entries: readonly Entry[]
  /** What is read for entries, with the end of an archive. */
  readonly read: (wanted: readonly Entry[]) => Promise<Buffer>
}

/** A fresh one for every test of the surrounding suite. */
export function storedHardTree(): () => StoredTree {
  const root = temporaryDirectory()
  const store = temporaryDirectory()
  let tree: StoredTree
  beforeEach(async () => {
    await makeHardTree(root())
    const tar = gnuTar(root())
    const writer = await createLayerWriter(store(), 'chk_00')
    await writer.write(tar)
    const layer = await writer.finish()
    const source = {directory: store(), layers: new Map([[layer.name, layer]])}
    const read = async (wanted: readonly Entry[]): Promise<Buffer> => {
      const pieces: Buffer[] = []
      for await (const piece of readEntries(wanted, source, new AbortController().signal)) pieces.push(piece)
      return Buffer.concat([...pieces, Buffer.alloc(1024)])
    }
    tree = {directory: store(), layer, entries: entriesOf(tar, layer.name), read}
  })
  return () => tree
}

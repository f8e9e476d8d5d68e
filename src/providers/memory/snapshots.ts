import {notFoundError, throwIfAborted} from '../../core/errors.js'
import type {TierHandlers} from '../../core/handlers.js'
import type {LeaseOperations} from '../../core/provider.js'
import {bytesOf, copyTree, type MemoryWorld, type Tree} from './world.js'

const guarantees = {
  preserves: ['all files of the lease'],
  loses: ['everything when the process ends'],
  cost: 'the memory that the files take',
  retention: 'until the process ends',
  security: 'readable by this process',
}

export const memorySnapshots = (world: MemoryWorld, leases: LeaseOperations): TierHandlers<'provider-native'> => ({
  guarantees,
  probe: async ({id}) => (world.leases.has(id) ? {ok: true} : {ok: false, reason: `the lease ${id} is gone`}),
  create: async ({id, lease, record}, {signal}) => {
    throwIfAborted(signal)
    const artifact = {mechanism: 'memory-copy', reference: id, details: {}}
    await record(artifact)
    throwIfAborted(signal)
    const tree = world.snapshots.get(id) ?? copyTree(treeOf(world.leases, lease.id))
    world.snapshots.set(id, tree)
    const bytes = bytesOf(tree)
    return {artifact, sizes: {content: bytes, stored: bytes, entries: tree.size}, warnings: [], parent: null}
  },
  fork: async ({checkpoint, lease}, context) => {
    const tree = copyTree(treeOf(world.snapshots, checkpoint.artifact.reference))
    const placement = await leases.acquire(lease, context)
    world.leases.set(lease.id, tree)
    return placement
  },
  delete: async ({artifact}) => void world.snapshots.delete(artifact.reference),
  verify: async ({artifact: {reference}}) => {
    const tree = world.snapshots.get(reference)
    if (tree === undefined) return {problems: [`the snapshot ${reference} is gone`], checkedBytes: 0}
    return {problems: [], checkedBytes: bytesOf(tree)}
  },
})

/** @throws {CrabboxError} `NOT_IN_MEMORY` */
export function treeOf<Key extends string>(trees: ReadonlyMap<Key, Tree>, key: Key): Tree {
  const tree = trees.get(key)
  if (tree === undefined) throw notFoundError('NOT_IN_MEMORY', `${key} is not in memory any more`)
  return tree
}

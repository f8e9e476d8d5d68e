import {busyError, throwIfAborted} from '../../core/errors.js'
import type {RestoreHandlers, RestoreResult} from '../../core/restore.js'
import {treeOf} from './snapshots.js'
import {copyTree, type MemoryWorld, type Tree} from './world.js'

export const memoryRestores = ({leases, snapshots, replaced}: MemoryWorld): RestoreHandlers<'provider-native'> => ({
  restore: async ({checkpoint, lease, dryRun}, {signal}) => {
    throwIfAborted(signal)
    const before = treeOf(leases, lease.id)
    const after = copyTree(treeOf(snapshots, checkpoint.artifact.reference))
    if (dryRun) return compare(before, after)
    leases.set(lease.id, after)
    replaced.set(lease.id, {tree: before, by: checkpoint.id})
    return compare(before, after)
  },
  undo: async ({lease}) => {
    const kept = replaced.get(lease.id)
    if (kept === undefined) throw busyError('NOTHING_TO_UNDO', `no restore into ${lease.slug} is kept`)
    replaced.set(lease.id, {tree: treeOf(leases, lease.id), by: 'undo'})
    leases.set(lease.id, kept.tree)
    return {checkpoint: kept.by}
  },
  recover: async () => null,
})

function compare(before: Tree, after: Tree): RestoreResult {
  const sent = [...after].filter(([path, bytes]) => before.get(path)?.equals(bytes) !== true)
  return {
    sent: sent.map(([path]) => path),
    removed: [...before.keys()].filter(path => !after.has(path)),
    sentBytes: sent.reduce((sum, [, bytes]) => sum + bytes.length, 0),
    unchanged: after.size - sent.length,
  }
}

import {setImmediate} from 'node:timers/promises'

import {throwIfAborted} from '../../../src/core/errors.js'
import type {LeaseId} from '../../../src/core/ids.js'
import {treeOf} from '../../../src/providers/memory/snapshots.js'
import {copyTree} from '../../../src/providers/memory/world.js'
import {withFault, type Mutant} from './mutant.js'

export const RESTORE_MUTANTS: readonly Mutant[] = [
  {
    fault: 'restore leaves files that were not saved',
    provider: withFault(({restores}, world) => ({
      restores: {
        restore: async (request, context) => {
          const before = [...treeOf(world.leases, request.lease.id)]
          const result = await restores.restore(request, context)
          const after = treeOf(world.leases, request.lease.id)
          for (const [path, bytes] of before) if (!after.has(path)) after.set(path, bytes)
          return result
        },
      },
    })),
    among: ['restore (provider-native): makes the target equal to the checkpoint, and removes what is not in it'],
  },
  {
    fault: 'restore shares the saved files',
    provider: withFault(({restores}, world) => ({
      restores: {
        restore: async (request, context) => {
          const result = await restores.restore(request, context)
          if (!request.dryRun)
            world.leases.set(request.lease.id, treeOf(world.snapshots, request.checkpoint.artifact.reference))
          return result
        },
      },
    })),
    only: [
      'restore (provider-native): does so a second time',
      'restore (provider-native): leaves the checkpoint as it was, whatever is changed afterwards',
    ],
  },
  {
    fault: 'restore takes a dry run for a real one',
    provider: withFault(({restores}) => ({
      restores: {restore: (request, context) => restores.restore({...request, dryRun: false}, context)},
    })),
    only: ['restore (provider-native): changes nothing when it is a dry run, and says what it would change'],
  },
  {
    fault: 'undo cannot be undone',
    provider: withFault(({restores}, world) => ({
      restores: {
        undo: async (request, context) => {
          const undone = await restores.undo(request, context)
          world.replaced.delete(request.lease.id)
          return undone
        },
      },
    })),
    only: ['restore (provider-native): can be undone, and the undo too'],
  },
  {
    fault: 'restore makes a lease that is gone anew',
    provider: withFault(({restores}, world) => ({
      restores: {
        restore: async (request, context) => {
          if (!world.leases.has(request.lease.id)) world.leases.set(request.lease.id, new Map())
          return restores.restore(request, context)
        },
      },
    })),
    only: ['restore (provider-native): fails for a lease that is gone'],
  },
  {
    fault: 'restore takes files of the same size for the same',
    provider: withFault((_, world) => ({
      restores: {
        restore: async ({checkpoint, lease, dryRun}, {signal}) => {
          throwIfAborted(signal)
          const before = treeOf(world.leases, lease.id)
          const after = copyTree(treeOf(world.snapshots, checkpoint.artifact.reference))
          for (const [path, bytes] of before) if (after.get(path)?.length === bytes.length) after.set(path, bytes)
          if (!dryRun) world.leases.set(lease.id, after)
          return {sent: [], removed: [], sentBytes: 0, unchanged: after.size}
        },
      },
    })),
    among: ['restore (provider-native): sees a change of which size and time say nothing'],
  },
  {
    fault: 'restore stops half done',
    provider: withFault(({restores}, world) => ({
      restores: {
        restore: async (request, context) => {
          throwIfAborted(context.signal)
          if (!request.dryRun) treeOf(world.leases, request.lease.id).delete('empty')
          context.progress.start('restoring').done()
          return restores.restore(request, context)
        },
      },
    })),
    among: [
      'cancel (provider-native): in the middle of restore leaves the old content or the new, and the next restore works',
    ],
  },
  {
    fault: 'restore mixes up leases that are restored at once',
    provider: withFault(({restores}) => {
      let last: LeaseId
      return {
        restores: {
          restore: async (request, context) => {
            last = request.lease.id
            await setImmediate()
            return restores.restore({...request, lease: {...request.lease, id: last}}, context)
          },
        },
      }
    }),
    only: ['restore (provider-native): can happen into two leases at once'],
  },
  {
    fault: 'undo puts back an empty directory',
    provider: withFault(({restores}, world) => ({
      restores: {
        undo: async (request, context) => {
          const undone = await restores.undo(request, context)
          treeOf(world.leases, request.lease.id).clear()
          return undone
        },
      },
    })),
    among: ['restore (provider-native): can be undone when files were changed in place since'],
  },
  {
    fault: 'undo without a restore is a success',
    provider: withFault(() => ({restores: {undo: async () => ({checkpoint: ''})}})),
    among: ['restore (provider-native): has nothing to undo before it happened'],
  },
  {
    fault: 'recover undoes the last restore',
    provider: withFault(({restores}) => ({
      restores: {
        recover: async (request, context) => {
          await restores.undo(request, context).catch(() => null)
          return null
        },
      },
    })),
    among: ['recover (provider-native): has nothing to do when no restore was interrupted'],
  },
]

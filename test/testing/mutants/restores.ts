import {treeOf} from '../../../src/providers/memory/snapshots.js'
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
]

import {treeOf} from '../../../src/providers/memory/snapshots.js'
import {withFault, type Mutant} from './mutant.js'

export const LEASE_MUTANTS: readonly Mutant[] = [
  {
    fault: 'acquire ignores the id',
    provider: withFault((_, world) => {
      const only = new Map<string, Buffer>()
      return {
        leases: {
          acquire: async ({id, repoName}) => {
            world.leases.set(id, only)
            return {workRoot: '/only', workdir: `/only/${repoName}`, details: {}}
          },
        },
      }
    }),
    among: ['acquire: gives every lease a place of its own'],
  },
  {
    fault: 'acquire empties a lease that is there',
    provider: withFault(({leases}, world) => ({
      leases: {
        acquire: async (request, context) => {
          world.leases.delete(request.id)
          return leases.acquire(request, context)
        },
      },
    })),
    only: ['acquire: answers the same id with the same placement, and leaves what is there'],
  },
  {
    fault: 'release refuses what is gone',
    provider: withFault(({leases}, world) => ({
      leases: {
        release: async (lease, context) => {
          treeOf(world.leases, lease.id)
          await leases.release(lease, context)
        },
      },
    })),
    among: ['release: is a success the second time', 'release: is a success for a lease that never was'],
  },
]

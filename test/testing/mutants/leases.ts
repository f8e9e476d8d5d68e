import {setImmediate} from 'node:timers/promises'

import type {LeaseRequest} from '../../../src/core/lease.js'
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
  {
    fault: 'acquire mixes up requests that come at once',
    provider: withFault(({leases}) => {
      let last: LeaseRequest
      return {
        leases: {
          acquire: async (request, context) => {
            last = request
            await setImmediate()
            return leases.acquire(last, context)
          },
        },
      }
    }),
    among: ['acquire: can happen several times at once'],
  },
  {
    fault: 'the workdir is the work root',
    provider: withFault(({leases}) => ({
      leases: {
        acquire: async (request, context) => {
          const placement = await leases.acquire(request, context)
          return {...placement, workdir: placement.workRoot}
        },
      },
    })),
    only: ['acquire: places the workdir directly in the work root, under the name of the repository'],
  },
  {
    fault: 'details hold numbers',
    provider: withFault(({leases}) => ({
      leases: {
        acquire: async (request, context) => ({
          ...(await leases.acquire(request, context)),
          details: {port: 22} as unknown as Record<string, string>,
        }),
      },
    })),
    only: ['acquire: gives details that survive being written as JSON'],
  },
  {
    fault: 'release takes all leases with it',
    provider: withFault((_, world) => ({leases: {release: async () => world.leases.clear()}})),
    among: ['release: leaves other leases alone'],
  },
  {
    fault: 'release does nothing',
    provider: withFault(() => ({leases: {release: async () => undefined}})),
    among: ['release: removes the lease with all that is in it'],
  },
  {
    fault: 'every lease is said to run',
    provider: withFault(() => ({leases: {status: async () => 'running'}})),
    among: ['release: removes the lease with all that is in it', 'cancel: keeps acquire from making a lease'],
  },
  {
    fault: 'the plan is empty',
    provider: withFault(() => ({leases: {plan: async () => []}})),
    only: ['acquire: can be planned, line by line'],
  },
]

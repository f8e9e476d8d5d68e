import {setImmediate, setTimeout as sleep} from 'node:timers/promises'

import type {Lease} from '../../../src/core/lease.js'
import {treeOf} from '../../../src/providers/memory/snapshots.js'
import {copyTree} from '../../../src/providers/memory/world.js'
import {withFault, type Mutant} from './mutant.js'

const HALF_AN_HOUR = 1_800_000

/** Faults that show only at another time, or when something else happens. */
export const TIME_MUTANTS: readonly Mutant[] = [
  {
    fault: 'create says that it is ready before it is',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        create: async (request, context) => {
          const created = await snapshots.create(request, context)
          const tree = world.snapshots.get(request.id)
          world.snapshots.delete(request.id)
          void sleep(20).then(() => tree !== undefined && world.snapshots.set(request.id, tree))
          return created
        },
      },
    })),
    among: ['fork (provider-native): gives a lease that runs, with the content of the source'],
  },
  {
    fault: 'create gives up by the clock on the wall',
    provider: withFault(({snapshots}) => ({
      snapshots: {
        create: async (request, context) => {
          const begun = Date.now()
          const created = await snapshots.create(request, context)
          if (Date.now() - begun > HALF_AN_HOUR) throw new Error('This takes too long')
          return created
        },
      },
    })),
    only: ['create (provider-native): is not disturbed by a clock that is set ahead in the middle'],
  },
  {
    fault: 'create takes the newest snapshot for its own',
    provider: withFault(({snapshots}) => ({
      snapshots: {
        create: async (request, context) => {
          const begun = new Date()
          const created = await snapshots.create(request, context)
          if (new Date() < begun) throw new Error('There is a newer snapshot')
          return created
        },
      },
    })),
    only: ['create (provider-native): is not disturbed by a clock that is set back in the middle'],
  },
  {
    fault: 'create mixes up leases that are saved at once',
    provider: withFault(({snapshots}) => {
      let last: Lease
      return {
        snapshots: {
          create: async (request, context) => {
            last = request.lease
            await setImmediate()
            return snapshots.create({...request, lease: last}, context)
          },
        },
      }
    }),
    only: ['create (provider-native): can happen on two leases at once'],
  },
  {
    fault: 'create takes files of the same size for those of the parent',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        create: async (request, context) => {
          const created = await snapshots.create(request, context)
          const before = request.parent === null ? null : world.snapshots.get(request.parent.artifact.reference)
          const tree = treeOf(world.snapshots, request.id)
          for (const [path, bytes] of before ?? []) if (tree.get(path)?.length === bytes.length) tree.set(path, bytes)
          return created
        },
      },
    })),
    among: ['create (provider-native): sees a change of which size and time say nothing'],
  },
  {
    fault: 'create saves a lease that is gone as an empty one',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        create: async (request, context) => {
          if (!world.leases.has(request.lease.id)) world.leases.set(request.lease.id, new Map())
          return snapshots.create(request, context)
        },
      },
    })),
    only: ['create (provider-native): fails for a lease that is gone'],
  },
  {
    fault: 'fork goes on with what is left when the checkpoint is deleted',
    provider: withFault(({leases}, world) => ({
      snapshots: {
        fork: async ({checkpoint, lease}, context) => {
          const saved = treeOf(world.snapshots, checkpoint.artifact.reference)
          const placement = await leases.acquire(lease, context)
          const tree = treeOf(world.leases, lease.id)
          for (const [path, bytes] of copyTree(saved)) {
            await setImmediate()
            if (world.snapshots.get(checkpoint.artifact.reference) === saved) tree.set(path, bytes)
          }

          return placement
        },
      },
    })),
    only: ['delete (provider-native): while it is being forked leaves a whole fork, or none'],
  },
  {
    fault: 'fork looks for its checkpoint when it begins, and takes what is there by the time it copies',
    provider: withFault(({leases}, world) => ({
      snapshots: {
        fork: async ({checkpoint, lease}, context) => {
          await sleep(2)
          const saved = treeOf(world.snapshots, checkpoint.artifact.reference)
          const placement = await leases.acquire(lease, context)
          await sleep(30)
          const kept = world.snapshots.get(checkpoint.artifact.reference) === saved
          world.leases.set(lease.id, kept ? copyTree(saved) : new Map())
          return placement
        },
      },
    })),
    only: ['delete (provider-native): while it is being forked leaves a whole fork, or none'],
  },
  {
    fault: 'fork uses the checkpoint up',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        fork: async (request, context) => {
          const placement = await snapshots.fork(request, context)
          world.snapshots.delete(request.checkpoint.artifact.reference)
          return placement
        },
      },
    })),
    among: ['fork (provider-native): gives the second fork what the first was given, whatever was changed there'],
  },
]

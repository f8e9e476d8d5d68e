import {treeOf} from '../../../src/providers/memory/snapshots.js'
import {withFault, type Mutant} from './mutant.js'

const patient = new AbortController().signal

export const FORK_MUTANTS: readonly Mutant[] = [
  {
    fault: 'fork shares the saved files',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        fork: async (request, context) => {
          const placement = await snapshots.fork(request, context)
          world.leases.set(request.lease.id, treeOf(world.snapshots, request.checkpoint.artifact.reference))
          return placement
        },
      },
    })),
    only: [
      'fork (provider-native): gives the second fork what the first was given, whatever was changed there',
      'delete (provider-native): while it is being forked leaves a whole fork, or none',
    ],
  },
  {
    fault: "fork shares the source's files",
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        fork: async (request, context) => {
          const placement = await snapshots.fork(request, context)
          const source = world.leases.get(request.checkpoint.lease.id)
          if (source !== undefined) world.leases.set(request.lease.id, source)
          return placement
        },
      },
    })),
    among: [
      'fork (provider-native): leaves the source as it was, also when the fork is changed',
      'fork (provider-native): is not changed by the source any more',
    ],
  },
  {
    fault: 'fork is empty and reports success',
    provider: withFault(({leases}) => ({snapshots: {fork: ({lease}, context) => leases.acquire(lease, context)}})),
    among: ['fork (provider-native): gives a lease that runs, with the content of the source'],
  },
  {
    fault: 'fork leaves its lease behind when it fails',
    provider: withFault(({leases, snapshots}) => ({
      snapshots: {
        fork: async (request, context) => {
          await leases.acquire(request.lease, context)
          return snapshots.fork(request, context)
        },
      },
    })),
    only: [
      'fork (provider-native): fails without the saved state, and leaves no lease',
      'delete (provider-native): while it is being forked leaves a whole fork, or none',
    ],
  },
  {
    fault: 'the signal is ignored',
    provider: withFault(({leases, snapshots, restores}) => ({
      leases: {acquire: (request, context) => leases.acquire(request, {...context, signal: patient})},
      snapshots: {
        create: (request, context) => snapshots.create(request, {...context, signal: patient}),
        fork: (request, context) => snapshots.fork(request, {...context, signal: patient}),
      },
      restores: {restore: (request, context) => restores.restore(request, {...context, signal: patient})},
    })),
    only: [
      'cancel: keeps acquire from making a lease',
      'cancel (provider-native): keeps create from recording anything',
      'cancel (provider-native): keeps fork from making a lease',
      'cancel (provider-native): keeps restore from changing the target',
    ],
  },
]

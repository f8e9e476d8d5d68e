import {treeOf} from '../../../src/providers/memory/snapshots.js'
import {withFault, type Mutant} from './mutant.js'

export const SNAPSHOT_MUTANTS: readonly Mutant[] = [
  {
    fault: 'create changes the source',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        create: async (request, context) => {
          const created = await snapshots.create(request, context)
          treeOf(world.leases, request.lease.id).set('.snapshot', Buffer.from(request.id))
          return created
        },
      },
    })),
    among: ['create (provider-native): leaves the source as it was'],
  },
  {
    fault: 'create forgets the data and reports success',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        create: async (request, context) => {
          const created = await snapshots.create(request, context)
          world.snapshots.delete(request.id)
          return created
        },
      },
    })),
    among: [
      'fork (provider-native): gives a lease that runs, with the content of the source',
      'verify (provider-native): finds no problem with a new checkpoint, however often it looks',
    ],
  },
  {
    fault: 'create keeps the live files instead of a copy',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        create: async (request, context) => {
          const created = await snapshots.create(request, context)
          world.snapshots.set(request.id, treeOf(world.leases, request.lease.id))
          return created
        },
      },
    })),
    among: [
      'fork (provider-native): gives what was saved when the source was changed since',
      'create (provider-native): leaves the parent as it was',
    ],
  },
  {
    fault: 'create does not wait until its artifact is kept',
    provider: withFault(({snapshots}) => ({
      snapshots: {
        create: (request, context) =>
          snapshots.create(
            {
              ...request,
              record: async artifact => {
                request.record(artifact).catch(() => undefined)
              },
            },
            context,
          ),
      },
    })),
    only: [
      'create (provider-native): records an artifact, and waits until it is kept',
      'create (provider-native): fails when the artifact cannot be kept',
    ],
  },
  {
    fault: 'create records something else than it makes',
    provider: withFault(({snapshots}) => ({
      snapshots: {
        create: (request, context) =>
          snapshots.create(
            {...request, record: artifact => request.record({...artifact, reference: 'pending'})},
            context,
          ),
      },
    })),
    only: ['create (provider-native): records enough to delete the checkpoint, before it returns'],
  },
  {
    fault: 'create with the same id saves again',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        create: (request, context) => {
          world.snapshots.delete(request.id)
          return snapshots.create(request, context)
        },
      },
    })),
    only: ['create (provider-native): keeps what it saved when the same id comes again after the source was changed'],
  },
  {
    fault: 'delete refuses what is gone',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        delete: async (checkpoint, context) => {
          treeOf(world.snapshots, checkpoint.artifact.reference)
          await snapshots.delete(checkpoint, context)
        },
      },
    })),
    among: ['delete (provider-native): is a success the second time'],
  },
  {
    fault: 'delete does nothing',
    provider: withFault(() => ({snapshots: {delete: async () => undefined}})),
    among: [
      'verify (provider-native): finds a problem when the saved state is gone',
      'cancel (provider-native): lets delete be repeated',
    ],
  },
  {
    fault: 'delete takes all checkpoints with it',
    provider: withFault((_, world) => ({snapshots: {delete: async () => world.snapshots.clear()}})),
    only: ['delete (provider-native): leaves other checkpoints of the lease whole, the children too'],
  },
  {
    fault: 'verify does not look',
    provider: withFault(() => ({snapshots: {verify: async () => ({problems: [], checkedBytes: 0})}})),
    among: ['verify (provider-native): finds a problem when the saved state is gone'],
  },
]

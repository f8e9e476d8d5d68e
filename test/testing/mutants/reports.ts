import type {Provider} from '../../../src/core/provider.js'
import {memory} from '../../../src/providers/memory/index.js'
import {treeOf} from '../../../src/providers/memory/snapshots.js'
import {withFault, type Mutant} from './mutant.js'

/** Faults in what a provider says. */
export const REPORT_MUTANTS: readonly Mutant[] = [
  {
    fault: 'probe says no to a lease that can be saved',
    provider: withFault(() => ({snapshots: {probe: async () => ({ok: false, reason: 'it is Monday'})}})),
    only: ['create (provider-native): is possible where probe says so, and probe changes nothing'],
  },
  {
    fault: 'probe leaves a file',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        probe: async (lease, context) => {
          treeOf(world.leases, lease.id).set('.probe', Buffer.alloc(0))
          return snapshots.probe(lease, context)
        },
      },
    })),
    only: ['create (provider-native): is possible where probe says so, and probe changes nothing'],
  },
  {
    fault: 'sizes are estimated',
    provider: withFault(({snapshots}) => ({
      snapshots: {
        create: async (request, context) => ({
          ...(await snapshots.create(request, context)),
          sizes: {content: 0.5, stored: NaN, entries: -1},
        }),
      },
    })),
    only: ['create (provider-native): says how large it is in whole bytes and entries'],
  },
  {
    fault: 'the artifact cannot be written as JSON',
    provider: withFault(({snapshots}) => ({
      snapshots: {
        create: async (request, context) => {
          const created = await snapshots.create(request, context)
          const details = {size: undefined} as unknown as Record<string, string>
          return {...created, artifact: {...created.artifact, details}}
        },
      },
    })),
    only: ['create (provider-native): gives an artifact that survives being written as JSON'],
  },
  {
    fault: 'verify uses the checkpoint up',
    provider: withFault(({snapshots}, world) => ({
      snapshots: {
        verify: async (checkpoint, context) => {
          const report = await snapshots.verify(checkpoint, context)
          world.snapshots.delete(checkpoint.artifact.reference)
          return report
        },
      },
    })),
    among: ['verify (provider-native): leaves a checkpoint that can be forked'],
  },
  {
    fault: 'restore does not say what it changed',
    provider: withFault(({restores}) => ({
      restores: {
        restore: async (request, context) => ({
          ...(await restores.restore(request, context)),
          sent: [],
          removed: [],
          sentBytes: 0,
        }),
      },
    })),
    only: ['restore (provider-native): says what it changed, and nothing the second time'],
  },
  {
    fault: 'a tier stands in the table without handlers',
    provider: world => {
      const sound = memory(world)
      return {...sound, tiers: {...sound.tiers, recipe: undefined}} as unknown as Provider
    },
    only: ['create (recipe): is refused with TIER_UNSUPPORTED, since the provider does not declare the tier'],
  },
  {
    fault: 'a tier is restored that is not made',
    provider: world => {
      const sound = memory(world)
      return {...sound, restores: {...sound.restores, 'workspace-archive': {}}} as unknown as Provider
    },
    only: [
      'create (workspace-archive): is refused with TIER_UNSUPPORTED, since the provider does not declare the tier',
    ],
  },
]

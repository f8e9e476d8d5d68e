import {defineProvider, type Provider} from '../../core/provider.js'
import {memoryLeases} from './leases.js'
import {memoryRestores} from './restores.js'
import {memorySnapshots} from './snapshots.js'
import {emptyWorld, type MemoryWorld} from './world.js'

/** Leases that are maps of files in this process: for tests, and to show how small a provider can be. */
export function memory(world: MemoryWorld = emptyWorld()): Provider {
  const leases = memoryLeases(world)
  return defineProvider({
    name: 'memory',
    summary: 'Maps of files in this process; for tests.',
    leases,
    tiers: {'provider-native': memorySnapshots(world, leases)},
    restores: {'provider-native': memoryRestores(world)},
  })
}

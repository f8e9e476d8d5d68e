import type {LeaseOperations, Provider} from '../../../src/core/provider.js'
import type {TierHandlers} from '../../../src/core/handlers.js'
import type {RestoreHandlers} from '../../../src/core/restore.js'
import {memory} from '../../../src/providers/memory/index.js'
import {memoryLeases} from '../../../src/providers/memory/leases.js'
import {memoryRestores} from '../../../src/providers/memory/restores.js'
import {memorySnapshots} from '../../../src/providers/memory/snapshots.js'
import type {MemoryWorld} from '../../../src/providers/memory/world.js'

/** A memory provider with one fault. */
export type Mutant = {
  /** A sentence about the provider: `acquire ignores the id`. */
  readonly fault: string
  readonly provider: (world: MemoryWorld) => Provider
} & (
  | {/** These cases must fail, and no other. */ readonly only: readonly string[]}
  | {/** These must fail; what else stands on the fault may. */ readonly among: readonly string[]}
)

interface Parts {
  readonly leases: LeaseOperations
  readonly snapshots: TierHandlers<'provider-native'>
  readonly restores: RestoreHandlers<'provider-native'>
}

type Fault = {readonly [Part in keyof Parts]?: Partial<Parts[Part]>}

/** A sound memory provider with some of its functions replaced. */
export const withFault =
  (fault: (sound: Parts, world: MemoryWorld) => Fault) =>
  (world: MemoryWorld): Provider => {
    const leases = memoryLeases(world)
    const sound = {leases, snapshots: memorySnapshots(world, leases), restores: memoryRestores(world)}
    const broken = fault(sound, world)
    return {
      ...memory(world),
      leases: {...leases, ...broken.leases},
      tiers: {'provider-native': {...sound.snapshots, ...broken.snapshots}},
      restores: {'provider-native': {...sound.restores, ...broken.restores}},
    }
  }

import {busyError, CrabboxError, usageError} from '../core/errors.js'
import {restoreHandlersFor} from '../core/narrow.js'
import type {Provider} from '../core/provider.js'
import {RESTORABLE_TIERS, type Recovery, type RestorableTier, type RestoreHandlers} from '../core/restore.js'

type EveryRestore = Pick<RestoreHandlers<RestorableTier>, 'undo' | 'recover'>

/**
 * What concerns the last restore into a workdir of a provider's lease, whichever tier it was of. `undo` throws
 * `RESTORE_UNSUPPORTED` for a provider without any, which has nothing to recover either.
 */
export function everyRestore(provider: Provider): EveryRestore {
  const all: readonly EveryRestore[] = RESTORABLE_TIERS.flatMap(tier => restoreHandlersFor(provider, tier) ?? [])
  return {
    undo: async (request, context) => {
      if (all.length === 0) throw restoreUnsupported(provider.name)
      let nothing: unknown = busyError('NOTHING_TO_UNDO', `no restore of ${request.target} is kept`)
      for (const handlers of all) {
        try {
          return await handlers.undo(request, context)
        } catch (error) {
          if (!(error instanceof CrabboxError) || error.code !== 'NOTHING_TO_UNDO') throw error
          nothing = error
        }
      }

      throw nothing
    },
    recover: async (request, context) => {
      let found: Recovery | null = null
      for (const handlers of all) {
        const one = await handlers.recover(request, context)
        found ??= one
      }

      return found
    },
  }
}

export const restoreUnsupported = (provider: string): CrabboxError =>
  usageError(
    'RESTORE_UNSUPPORTED',
    `leases of the provider ${provider} cannot be restored in place`,
    'Use crabbox checkpoint fork.',
  )

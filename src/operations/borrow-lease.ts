import {cleaningUp} from '../core/cleaning-up.js'
import type {Lease} from '../core/lease.js'
import {warmup, type LeaseWish} from './acquire.js'
import type {Environment} from './environment.js'
import {stopLease} from './release.js'
import {resolveLease} from './resolve.js'

/** The lease to work on. */
export type LeaseChoice =
  /** One that exists, by its id, a prefix of it or its slug. */
  | {readonly id: string}
  /** A new one, which is stopped after use unless it is to be kept. */
  | ({readonly keep: boolean} & Pick<LeaseWish, 'provider' | 'host' | 'machine' | 'class' | 'ttl'>)

/** Works on a lease, and leaves nothing behind when it was made for this alone: not even when the work is interrupted. */
export async function borrowLease<T>(
  choice: LeaseChoice,
  environment: Environment,
  use: (lease: Lease) => Promise<T>,
): Promise<T> {
  if ('id' in choice) return use(await resolveLease(environment.stateDir, choice.id))
  const {keep, ...wish} = choice
  const lease = await warmup({...wish, slug: null}, environment)
  try {
    return await use(lease)
  } finally {
    if (!keep) await stopLease(lease, cleaningUp(environment))
  }
}

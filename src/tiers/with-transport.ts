import {setTimeout as sleep} from 'node:timers/promises'

import type {Context} from '../core/context.js'
import {CrabboxError, OUTCOME_UNKNOWN} from '../core/errors.js'
import type {LeaseHandle} from '../core/lease.js'
import type {LeaseOperations} from '../core/provider.js'
import type {Transport} from '../core/transport.js'

type Connecting = Pick<LeaseOperations, 'connect'>

/** Connects to a lease for as long as the work takes. */
export async function withTransport<R>(
  leases: Connecting,
  lease: LeaseHandle,
  context: Context,
  work: (transport: Transport) => Promise<R>,
): Promise<R> {
  const transport = await leases.connect(lease, context)
  return using(transport, () => work(transport))
}

/** Closes a transport when the work with it has ended. */
export async function using<R>(transport: Transport, work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } finally {
    await transport.close()
  }
}

/** Milliseconds until a lost connection is tried again. */
const PAUSES = [300, 1500] as const

/** Does work that can be begun anew at any time: it is, when the connection is lost. */
export async function beginAgain<R>(context: Context, work: () => Promise<R>): Promise<R> {
  let lost = false
  let unknown: unknown = null
  const attempt = (): Promise<R> =>
    work().catch((error: unknown) => {
      if (isFailure(error, OUTCOME_UNKNOWN)) unknown ??= error
      throw error
    })
  // What was not heard of is what the user has to know, but for a host that says what is the matter.
  const told = (error: unknown): unknown =>
    error instanceof CrabboxError && error.kind === 'busy' ? error : (unknown ?? error)
  for (const pause of PAUSES) {
    try {
      return await attempt()
    } catch (error) {
      // A host that was there a moment ago may be back soon; one that never was is not waited for.
      lost ||= isFailure(error, ...LOST)
      if (!lost || !isFailure(error, ...LOST, 'HOST_UNREACHABLE') || context.signal.aborted) throw told(error)
      context.progress.warn(`${error.message}; trying again`)
      await sleep(pause, undefined, {signal: context.signal}).catch(() => undefined)
    }
  }

  return attempt().catch((error: unknown) => {
    throw told(error)
  })
}

const LOST = ['CONNECTION_LOST', OUTCOME_UNKNOWN]

/** The same, with a connection to a lease. */
export const withTransportAgain = <R>(
  leases: Connecting,
  lease: LeaseHandle,
  context: Context,
  work: (transport: Transport) => Promise<R>,
): Promise<R> => beginAgain(context, () => withTransport(leases, lease, context, work))

const isFailure = (error: unknown, ...codes: string[]): error is CrabboxError =>
  error instanceof CrabboxError && codes.includes(error.code)

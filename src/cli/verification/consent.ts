import {interruptedError, usageError} from '../../core/errors.js'
import type {MachineClass} from '../../core/lease.js'
import type {Provider} from '../../core/provider.js'
import type {Environment} from '../../operations/environment.js'

/**
 * Asks before machines are leased that cost money.
 * @throws {CrabboxError} `CONSENT_NEEDED` where nobody can be asked, `INTERRUPTED` for a no
 */
export async function requireConsent(
  {name, leases}: Provider,
  size: MachineClass,
  given: boolean,
  {ask}: Environment,
): Promise<void> {
  if (leases.plan === undefined || given) return
  const what = `verifying ${name} leases over a hundred machines of class ${size}, one after the other, and gives them back`
  if (ask === undefined)
    throw usageError(
      'CONSENT_NEEDED',
      `${what}: that costs money`,
      'Add --yes if you want that; --only makes it fewer.',
    )
  if (!(await ask.confirm(`${what}. That costs money. Go on?`))) throw interruptedError('the verification')
}

import type {Lease} from '../core/lease.js'
import type {TierHandlers} from '../core/handlers.js'
import type {Tier} from '../core/tier.js'
import {inLab, type Lab} from './lab.js'
import {prepare} from './prepare.js'
import type {Subject} from './subject.js'

/** Which of the declared tiers work where a provider is tested, and why the others do not. */
export interface AvailableTiers {
  readonly tiers: readonly Tier[]
  readonly unavailable: Partial<Record<Tier, string>>
}

/** Tiers that one host can have and the next cannot. */
const ON_SOME_HOSTS: readonly Tier[] = ['provider-native']

/** Asks `probe` on a lease of its own, where there is anything to ask. A host that is out of reach is for the cases to tell of. */
export async function availableTiers(subject: Subject): Promise<AvailableTiers> {
  const {tiers} = subject.provider
  const declared = Object.keys(tiers) as Tier[]
  const unavailable: Partial<Record<Tier, string>> = {}
  const uncertain = declared.filter(tier => ON_SOME_HOSTS.includes(tier))
  if (uncertain.length > 0)
    await inLab(prepare(subject), async lab => {
      const lease = await lab.acquire()
      for (const tier of uncertain) {
        const reason = await reasonAgainst(lab, tiers[tier], lease)
        if (reason !== null) unavailable[tier] = reason
      }
    }).catch(() => undefined)
  return {tiers: declared.filter(tier => unavailable[tier] === undefined), unavailable}
}

async function reasonAgainst<T extends Tier>(
  {context}: Lab,
  handlers: Pick<TierHandlers<T>, 'probe'> | undefined,
  lease: Lease,
): Promise<string | null> {
  const probe = (await handlers?.probe(lease, context)) ?? {ok: true}
  return probe.ok ? null : probe.reason
}

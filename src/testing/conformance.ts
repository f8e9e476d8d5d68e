import {RESTORABLE_TIERS, type RestorableTier, type RestoreHandlers} from '../core/restore.js'
import type {TierHandlers} from '../core/handlers.js'
import {TIERS, type Tier} from '../core/tier.js'
import {CONFORMANCE_OPERATIONS, type CaseMaker, type ConformanceCase, type ConformanceOperation} from './case.js'
import {acquireCases} from './cases/acquire.js'
import {
  cancelledAcquireCases,
  cancelledContentCases,
  cancelledCreateCases,
  cancelledRestoreCases,
} from './cases/cancel.js'
import {connectCases, shellLessCases} from './cases/connect.js'
import {createCases, createContentCases} from './cases/create.js'
import {deleteCases, deleteContentCases} from './cases/delete.js'
import {forkCases, refusedForkCases} from './cases/fork.js'
import {listCases} from './cases/list.js'
import {releaseCases} from './cases/release.js'
import {restoreCases} from './cases/restore.js'
import {verifyBytesCases, verifyCases, verifyContentCases} from './cases/verify.js'
import {EXPECTATIONS} from './expectations.js'
import {inLab, type Lab} from './lab.js'
import type {Subject} from './subject.js'
import {tierLab, type RestoreLab, type TierLab} from './tier-lab.js'

/**
 * All that a provider must do, for its leases and for the tiers that it declares, grouped by operation. Needs no test
 * runner. Every case leases what it needs and gives it back: on a provider that bills, running them costs money.
 */
export function conformanceCases(subject: Subject): ConformanceCase[] {
  const cases = [
    ...leaseCases(subject),
    ...TIERS.flatMap(tier => tierCases(subject, tier)),
    ...RESTORABLE_TIERS.flatMap(tier => restorableCases(subject, tier)),
  ]
  return CONFORMANCE_OPERATIONS.flatMap(operation => cases.filter(entry => entry.operation === operation))
}

function leaseCases(subject: Subject): ConformanceCase[] {
  const on =
    (operation: ConformanceOperation): CaseMaker<Lab> =>
    (title, run) => ({operation, tier: null, title, run: () => inLab(subject, run)})
  return [
    ...acquireCases(on('acquire')),
    ...(subject.shell === 'none' ? shellLessCases(on('connect')) : connectCases(on('connect'))),
    ...releaseCases(on('release')),
    ...(subject.provider.leases.list === undefined ? [] : listCases(on('list'), subject.provider.leases.list)),
    ...cancelledAcquireCases(on('cancel')),
  ]
}

function tierCases<T extends Tier>(subject: Subject, tier: T): ConformanceCase[] {
  const handlers: TierHandlers<T> | undefined = subject.provider.tiers[tier]
  if (handlers === undefined) return []
  const on =
    (operation: ConformanceOperation): CaseMaker<TierLab<T>> =>
    (title, run) => ({operation, tier, title, run: () => inLab(subject, lab => run(tierLab(lab, tier, handlers)))})
  const {content, verifiesBytes} = EXPECTATIONS[tier]
  return [
    ...createCases(on('create')),
    ...deleteCases(on('delete')),
    ...verifyCases(on('verify')),
    ...cancelledCreateCases(on('cancel')),
    ...(content.kind === 'none' ? refusedForkCases(on('fork'), content.refusal) : contentCases(on)),
    ...(verifiesBytes ? verifyBytesCases(on('verify')) : []),
  ]
}

const contentCases = <T extends Tier>(
  on: (operation: ConformanceOperation) => CaseMaker<TierLab<T>>,
): ConformanceCase[] => [
  ...createContentCases(on('create')),
  ...forkCases(on('fork')),
  ...deleteContentCases(on('delete')),
  ...verifyContentCases(on('verify')),
  ...cancelledContentCases(on('cancel')),
]

function restorableCases<T extends RestorableTier>(subject: Subject, tier: T): ConformanceCase[] {
  const handlers: TierHandlers<T> | undefined = subject.provider.tiers[tier]
  const restores: RestoreHandlers<T> | undefined = subject.provider.restores?.[tier]
  if (handlers === undefined || restores === undefined) return []
  const on =
    (operation: ConformanceOperation): CaseMaker<RestoreLab<T>> =>
    (title, run) => ({
      operation,
      tier,
      title,
      run: () => inLab(subject, lab => run({...tierLab(lab, tier, handlers), restores})),
    })
  return [...restoreCases(on('restore')), ...cancelledRestoreCases(on('cancel'))]
}

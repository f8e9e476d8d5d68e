import type {TierHandlers} from '../core/handlers.js'
import {RESTORABLE_TIERS, type RestorableTier, type RestoreHandlers} from '../core/restore.js'
import {TIERS, type Tier} from '../core/tier.js'
import {CONFORMANCE_OPERATIONS, type CaseMaker, type ConformanceCase, type ConformanceOperation} from './case.js'
import {acquireCases, planCases} from './cases/acquire.js'
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
import {recoverCases, restoreRecoverCases} from './cases/recover.js'
import {refusedTierCases} from './cases/refused.js'
import {releaseCases} from './cases/release.js'
import {restoreCases} from './cases/restore.js'
import {unavailableTierCases} from './cases/unavailable.js'
import {undoCases} from './cases/undo.js'
import {verifyBytesCases, verifyCases, verifyContentCases} from './cases/verify.js'
import {EXPECTATIONS} from './expectations.js'
import {withGaps, type KnownGap} from './gaps.js'
import {inLab, type Lab} from './lab.js'
import {prepare} from './prepare.js'
import type {PreparedSubject, Subject} from './subject.js'
import {tierLab, type RestoreLab, type TierLab} from './tier-lab.js'

/**
 * All that a provider must do, for its leases and for the tiers that it declares, grouped by operation, and that the others
 * are refused. Needs no test runner. Every case leases what it needs and gives it back: on a provider that bills, running
 * them costs money.
 * @param gaps what the provider is known not to do
 * @throws {Error} for a gap that is no case's
 */
export function conformanceCases(subject: Subject, gaps: readonly KnownGap[] = []): ConformanceCase[] {
  const prepared = prepare(subject)
  const cases = [
    ...leaseCases(prepared),
    ...TIERS.flatMap(tier => tierCases(prepared, tier)),
    ...RESTORABLE_TIERS.flatMap(tier => restorableCases(prepared, tier)),
  ]
  const inOrder = CONFORMANCE_OPERATIONS.flatMap(operation => cases.filter(entry => entry.operation === operation))
  return withGaps(inOrder, gaps)
}

function leaseCases(prepared: PreparedSubject): ConformanceCase[] {
  const {provider, shell} = prepared.subject
  const {list, plan} = provider.leases
  const on =
    (operation: ConformanceOperation): CaseMaker<Lab> =>
    (title, run) => ({operation, tier: null, title, run: () => inLab(prepared, run)})
  return [
    ...acquireCases(on('acquire')),
    ...(plan === undefined ? [] : planCases(on('acquire'), plan)),
    ...(shell === 'none' ? shellLessCases(on('connect')) : connectCases(on('connect'))),
    ...releaseCases(on('release')),
    ...(list === undefined ? [] : listCases(on('list'), list)),
    ...cancelledAcquireCases(on('cancel')),
  ]
}

function tierCases<T extends Tier>(prepared: PreparedSubject, tier: T): ConformanceCase[] {
  const {provider} = prepared.subject
  const handlers: TierHandlers<T> | undefined = provider.tiers[tier]
  if (handlers === undefined) return refusedTierCases(provider, tier)
  const on =
    (operation: ConformanceOperation): CaseMaker<TierLab<T>> =>
    (title, run) => ({operation, tier, title, run: () => inLab(prepared, lab => run(tierLab(lab, tier, handlers)))})
  if (!worksHere(prepared, tier)) return unavailableTierCases(on('create'))
  const {content, verifiesBytes} = EXPECTATIONS[tier]
  return [
    ...createCases(on('create')),
    ...deleteCases(on('delete')),
    ...verifyCases(on('verify')),
    ...cancelledCreateCases(on('cancel')),
    ...(content.kind === 'none' ? refusedForkCases(on('fork'), content.refusal) : contentCases(on)),
    ...(verifiesBytes ? verifyBytesCases(on('verify')) : []),
    ...(provider.recover === undefined ? [] : recoverCases(on('recover'), provider.recover)),
  ]
}

const worksHere = ({subject: {tiers}}: PreparedSubject, tier: Tier): boolean => tiers?.includes(tier) ?? true

const contentCases = <T extends Tier>(
  on: (operation: ConformanceOperation) => CaseMaker<TierLab<T>>,
): ConformanceCase[] => [
  ...createContentCases(on('create')),
  ...forkCases(on('fork')),
  ...deleteContentCases(on('delete')),
  ...verifyContentCases(on('verify')),
  ...cancelledContentCases(on('cancel')),
]

function restorableCases<T extends RestorableTier>(prepared: PreparedSubject, tier: T): ConformanceCase[] {
  const {provider} = prepared.subject
  const handlers: TierHandlers<T> | undefined = provider.tiers[tier]
  const restores: RestoreHandlers<T> | undefined = provider.restores?.[tier]
  if (handlers === undefined || restores === undefined || !worksHere(prepared, tier)) return []
  const on =
    (operation: ConformanceOperation): CaseMaker<RestoreLab<T>> =>
    (title, run) => ({
      operation,
      tier,
      title,
      run: () => inLab(prepared, lab => run({...tierLab(lab, tier, handlers), restores})),
    })
  return [
    ...restoreCases(on('restore')),
    ...undoCases(on('restore')),
    ...restoreRecoverCases(on('recover')),
    ...cancelledRestoreCases(on('cancel')),
  ]
}

import {providerError, reasonOf, type CrabboxError} from '../../core/errors.js'
import type {Provider} from '../../core/provider.js'
import type {Tier} from '../../core/tier.js'
import {notOffered} from '../../testing/not-offered.js'
import type {CaseResult} from '../../testing/run.js'

/** What `--json` shows of a case. */
interface CaseReport extends Pick<CaseResult, 'name' | 'operation' | 'tier' | 'title' | 'outcome'> {
  /** Milliseconds. */
  readonly took: number
  /** Why it failed; null where it did not. */
  readonly error: string | null
}

/** What a verification has found. */
export interface VerificationReport {
  readonly provider: string
  readonly passed: number
  readonly failed: number
  /** Cases that were to run, and did not. */
  readonly notRun: number
  /** What the provider does not offer, and need not. */
  readonly notOffered: readonly string[]
  /** Why something that was leased could not be given back. */
  readonly leftBehind: readonly string[]
  readonly cases: readonly CaseReport[]
}

/**
 * @param wanted how many cases were to run
 * @param unavailable tiers that do not work where the provider was tested, with reasons
 */
export function reportOf(
  provider: Provider,
  unavailable: Partial<Record<Tier, string>>,
  results: readonly CaseResult[],
  wanted: number,
  leftBehind: readonly string[],
): VerificationReport {
  const cases = results.map(caseReport)
  const failed = cases.filter(({outcome}) => outcome === 'failed').length
  return {
    provider: provider.name,
    passed: cases.length - failed,
    failed,
    notRun: wanted - cases.length,
    notOffered: notOffered(provider, unavailable),
    leftBehind,
    cases,
  }
}

const caseReport = (result: CaseResult): CaseReport => {
  const {name, operation, tier, title, outcome, took} = result
  return {
    name,
    operation,
    tier,
    title,
    outcome,
    took,
    error: result.outcome === 'failed' ? reasonOf(result.error) : null,
  }
}

/** A case that has ended, for people: what is wrong stands below its name. */
export function linesOf(result: CaseResult): string[] {
  if (result.outcome !== 'failed') return [`ok    ${result.name} (${result.took} ms)`]
  const why = reasonOf(result.error).split('\n')
  return [`FAIL  ${result.name}`, ...why.map(line => `      ${line}`.trimEnd())]
}

/** The end of the report, for people. */
export const summaryOf = ({
  provider,
  passed,
  failed,
  notRun,
  notOffered: missing,
  leftBehind,
}: VerificationReport): string[] => [
  ...missing.map(what => `--    not offered: ${what}`),
  ...leftBehind.map(why => `LEFT  ${why}`),
  `${provider}: ${passed} passed, ${failed} failed${notRun === 0 ? '' : `, ${notRun} not run`}`,
]

/** The error for a provider that does not do what it has to, or null. */
export function failureOf({provider, passed, failed, leftBehind}: VerificationReport): CrabboxError | null {
  if (failed > 0)
    return providerError(
      'PROVIDER_NONCONFORMING',
      `the provider ${provider} fails ${failed} of ${passed + failed} cases`,
      'What is wrong stands below the names of the cases.',
    )
  if (leftBehind.length === 0) return null
  return providerError(
    'VERIFICATION_LEFTOVERS',
    `not all that was leased for the verification of ${provider} could be given back`,
    'Run crabbox doctor: it tries again.',
  )
}

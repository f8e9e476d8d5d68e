import {CONFORMANCE_OPERATIONS, type ConformanceCase} from './case.js'
import {conformanceCases} from './conformance.js'
import type {KnownGap} from './gaps.js'
import type {Subject} from './subject.js'

/** What the suite needs of a test runner. Those of mocha, jest, vitest and `node:test` fit. */
export interface Runner {
  /** Groups what the body describes. */
  readonly describe: (title: string, body: () => void) => unknown
  /** Runs one test, which fails when it rejects. */
  readonly it: (title: string, run: () => Promise<void>) => unknown
}

/** Hands the suite to a test runner. The subject is made once, when the tests are described. */
export function describeConformance(
  makeSubject: () => Subject,
  {describe, it}: Runner,
  gaps: readonly KnownGap[] = [],
): void {
  const subject = makeSubject()
  const cases = conformanceCases(subject, gaps)
  describe(`the provider ${subject.provider.name} conforms`, () => {
    for (const operation of CONFORMANCE_OPERATIONS) {
      const group = cases.filter(entry => entry.operation === operation)
      if (group.length > 0) describe(operation, () => group.forEach(entry => it(titleOf(entry), entry.run)))
    }
  })
}

const titleOf = ({tier, title, gap}: ConformanceCase): string =>
  `${tier === null ? '' : `${tier}: `}${title}${gap === undefined ? '' : ` (a known gap: ${gap})`}`

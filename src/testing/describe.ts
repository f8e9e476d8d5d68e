import {CONFORMANCE_OPERATIONS} from './case.js'
import {conformanceCases} from './conformance.js'
import type {Subject} from './subject.js'

/** What the suite needs of a test runner. Those of mocha, jest, vitest and `node:test` fit. */
export interface Runner {
  readonly describe: (title: string, body: () => void) => unknown
  readonly it: (title: string, run: () => Promise<void>) => unknown
}

/** Hands the suite to a test runner. The subject is made once, when the tests are described. */
export function describeConformance(makeSubject: () => Subject, {describe, it}: Runner): void {
  const subject = makeSubject()
  const cases = conformanceCases(subject)
  describe(`the provider ${subject.provider.name} conforms`, () => {
    for (const operation of CONFORMANCE_OPERATIONS) {
      const group = cases.filter(entry => entry.operation === operation)
      if (group.length > 0)
        describe(operation, () => group.forEach(({tier, title, run}) => it(nameIn(tier, title), run)))
    }
  })
}

const nameIn = (tier: string | null, title: string): string => (tier === null ? title : `${tier}: ${title}`)

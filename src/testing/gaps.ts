import {nameOfCase, type ConformanceCase} from './case.js'

/** Something that a provider is known not to do. */
export interface KnownGap {
  /** The case that fails, as `nameOfCase` says it. */
  readonly case: string
  /** Why, in a clause: it stands in reports. */
  readonly reason: string
}

/**
 * Turns cases that are known to fail round: they fail when they pass, so that the list never says more than is true.
 * @throws {Error} for a gap that is no case's
 */
export function withGaps(cases: readonly ConformanceCase[], gaps: readonly KnownGap[]): ConformanceCase[] {
  const names = cases.map(nameOfCase)
  const strange = gaps.find(gap => !names.includes(gap.case))
  if (strange !== undefined) throw new Error(`There is a known gap ${JSON.stringify(strange.case)}, but no such case`)
  return cases.map((entry, i) => {
    const gap = gaps.find(one => one.case === names[i])
    return gap === undefined ? entry : turnedRound(entry, gap.reason)
  })
}

const turnedRound = (entry: ConformanceCase, reason: string): ConformanceCase => ({
  ...entry,
  gap: reason,
  run: async () => {
    const failed = await entry.run().then(
      () => false,
      () => true,
    )
    if (!failed) throw new Error(`This passes, and is a known gap (${reason}): take it off the list`)
  },
})

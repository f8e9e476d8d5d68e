import {nameOfCase, type ConformanceCase} from '../../../src/testing/case.js'
import {conformanceCases} from '../../../src/testing/conformance.js'
import type {Subject} from '../../../src/testing/subject.js'

/**
 * The conformance suite, with several cases at the same time: where each has to wait for machines, most of it is waiting.
 * @param width how many
 * @param wanted which of them
 */
export function describeSideBySide(
  subject: Subject,
  width: number,
  wanted: (entry: ConformanceCase) => boolean = () => true,
): void {
  const all = conformanceCases(subject).filter(wanted)
  const entries = all
    .filter(entry => !needsTheClock(entry))
    .map(entry => {
      let ended: (result: Promise<void>) => void = () => undefined
      const result = new Promise<void>(resolve => (ended = resolve))
      // A case that fails is told of by its test, which may not have begun yet.
      result.catch(() => undefined)
      return {entry, result, ended}
    })
  const startAll = (): void => {
    const waiting = [...entries]
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const run = next.entry.run()
        next.ended(run)
        await run.catch(() => undefined)
      }
    }
    for (let i = 0; i < width; i++) void worker()
  }

  describe(`the provider ${subject.provider.name} conforms`, () => {
    before(startAll)
    for (const {entry, result} of entries) it(nameOfCase(entry), () => result)
    for (const entry of all.filter(needsTheClock)) it(nameOfCase(entry), entry.run)
  })
}

/** Those that set the clock would set it for all others, too. */
const needsTheClock = ({title}: ConformanceCase): boolean => title.includes('clock')

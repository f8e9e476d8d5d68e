import {setImmediate} from 'node:timers/promises'

/**
 * Does at once what many ask for. Whoever comes while a round is on its way waits for the next one, so that no round is later than what asked for it.
 * @param work answers each of those that it is given, in their order
 */
export function gather<T, R>(work: (all: readonly [T, ...T[]]) => Promise<readonly R[]>): (one: T) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve()
  let next: {readonly all: [T, ...T[]]; readonly answers: Promise<readonly R[]>} | null = null
  const begin = (first: T): NonNullable<typeof next> => {
    const all: [T, ...T[]] = [first]
    // Those who waited for the same thing come one behind the other.
    const answers = last
      .then(() => setImmediate())
      .then(() => {
        next = null
        return work(all)
      })
    last = answers.catch(() => undefined)
    return {all, answers}
  }

  return async one => {
    const place = next === null ? 0 : next.all.push(one) - 1
    const {answers} = (next ??= begin(one))
    return (await answers)[place] as R
  }
}

import {setImmediate} from 'node:timers/promises'

/** What is done before others get their turn: a millisecond or two, where one takes a microsecond. */
const SLICE = 1000

/**
 * Does something with each, a slice at a time: there may be others to wait for meanwhile, and a connection that is being made is held up by
 * whoever keeps the processor to himself.
 */
export async function inSlices<T>(all: Iterable<T>, work: (one: T) => void): Promise<void> {
  let left = SLICE
  for (const one of all) {
    if (left === 0) {
      await setImmediate()
      left = SLICE
    }

    work(one)
    left--
  }
}

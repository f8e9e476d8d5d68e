import {setTimeout as sleep} from 'node:timers/promises'

import {throwIfAborted} from '../../core/errors.js'
import {isCode, isNotFound} from './errors.js'

/** How to ask again and again. Milliseconds. */
export interface Pace {
  readonly first: number
  /** How much longer each pause is than the one before. */
  readonly factor: number
  readonly most: number
  /** For how long to ask at all. */
  readonly limit: number
}

/** What was just made is not shown at once. */
export const APPEARING: Pace = {first: 500, factor: 1.5, most: 4000, limit: 30_000}

/** For how long something may exist that EC2 does not show yet, after a call whose answer nobody heard. */
export const HIDDEN: Pace = {first: 500, factor: 1.5, most: 3000, limit: 12_000}

/** Asks until there is an answer. Null: there was none in time. */
export async function poll<T>(
  question: () => Promise<T | null>,
  {first, factor, most, limit}: Pace,
  signal: AbortSignal,
): Promise<T | null> {
  const end = performance.now() + limit
  for (let pause = first; ; pause = Math.min(most, pause * factor)) {
    throwIfAborted(signal)
    const answer = await question()
    if (answer !== null || performance.now() + pause > end) return answer
    await sleep(pause, undefined, {signal}).catch(() => throwIfAborted(signal))
  }
}

/** Deletes what is there and not in use. True: it is gone. Null: it is in use, for which EC2 has a code in each case. */
export const deleted = (call: () => Promise<unknown>, inUse: string): Promise<true | null> =>
  call().then(
    () => true as const,
    (error: unknown) => {
      if (isNotFound(error)) return true
      if (isCode(error, inUse)) return null
      throw error
    },
  )

/** Makes a call that names what was just made, which EC2 may not know everywhere yet. */
export async function onceShown<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const attempt = (): Promise<{result: T} | null> =>
    call().then(
      result => ({result}),
      (error: unknown) => {
        if (isCode(error, 'InvalidGroup.NotFound', 'InvalidKeyPair.NotFound')) return null
        throw error
      },
    )
  const made = await poll(attempt, APPEARING, signal)
  return made === null ? call() : made.result
}

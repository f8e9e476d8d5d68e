import {inTime} from './in-time.js'

/** Milliseconds until the first channel is open, which takes two round trips, from which on a host counts as distant. */
const DISTANT = 25

/** Milliseconds for logging in, which takes three round trips, from which on a host counts as distant that has opened no channel yet. */
const SLOW_LOGIN = 50

/** Waits for the first channel of a connection. */
export interface FirstAnswer {
  /**
   * Waits for a channel that was asked for. Later ones may have to wait behind all that is on its way, and a slow link is no reason to
   * give up.
   */
  readonly wait: <R>(asked: Promise<R>) => Promise<R>
  /** Whether answers take long, once the first has come, or will not. */
  readonly distant: () => Promise<boolean>
}

/**
 * @param unanswered gives the host up, and says why
 * @param login milliseconds that logging in has taken
 * @param patience milliseconds for which a host that gives signs of life may leave the first request for a channel without an answer
 */
export function firstAnswer(unanswered: (why: string) => Error, login: number, patience: number): FirstAnswer {
  let distant = login > SLOW_LOGIN
  let proven = false
  let prove: () => void = () => undefined
  let waiting: Promise<unknown> = Promise.resolve()
  const proof = new Promise<void>(resolve => (prove = resolve))
  const giveUp = (): Error => unanswered(`it opens no channel within ${patience / 1000} seconds`)
  const first = async (asked: Promise<unknown>): Promise<void> => {
    const asking = performance.now()
    await inTime(Promise.race([asked, proof]), patience, giveUp)
    if (!proven) distant = performance.now() - asking > DISTANT
    proven = true
    prove()
  }

  return {
    wait: async asked => {
      if (!proven) {
        const answer = first(asked)
        waiting = answer.catch(() => undefined)
        await answer
      }

      return asked
    },
    distant: async () => {
      await waiting
      return distant
    },
  }
}

import {setTimeout as sleep} from 'node:timers/promises'

import type {Checkpoint} from '../core/checkpoint.js'
import {CrabboxError, providerError} from '../core/errors.js'
import {removeCheckpoint} from './delete.js'
import type {Environment} from './environment.js'
import {withCheckpoint} from './locking.js'
import {look, type Looked} from './refresh.js'

/** Milliseconds between two looks: at first, how much longer each time, and at most. */
const PAUSE = {first: 2000, factor: 1.5, most: 30_000}

/** Milliseconds to wait. */
type Wait = (pause: number) => Promise<unknown>

/**
 * Waits until a checkpoint that was cut is ready, for as long as that takes: it is the provider's to say when it has failed. An
 * interruption ends the waiting and nothing else.
 * @throws {CrabboxError} `CHECKPOINT_FAILED`, with nothing left; `INTERRUPTED`
 */
export async function awaitReady(
  checkpoint: Checkpoint,
  environment: Environment,
  wait: Wait = pause => sleep(pause, undefined, {signal: environment.signal}),
): Promise<Checkpoint> {
  const {signal, progress} = environment
  const task = progress.start(`waiting for ${checkpoint.id}`, 100, 'percent')
  let shown = 0
  try {
    for (let pause = PAUSE.first; ; pause = Math.min(PAUSE.most, pause * PAUSE.factor)) {
      const {checkpoint: now, percent} = await lookAgain(checkpoint, environment, wait)
      if (now.state === 'failed') throw await failed(now, environment)
      if (now.state !== 'cut') return now
      const done = Math.max(shown, percent ?? 0)
      task.advance(done - shown)
      shown = done
      await wait(pause)
    }
  } catch (error) {
    throw signal.aborted ? stillGoingOn(checkpoint) : error
  } finally {
    task.done()
  }
}

/** How often a look may fail in a row: a wait of an hour outlives a network that is away for some minutes. */
const FAILURES = 10

async function lookAgain(checkpoint: Checkpoint, environment: Environment, wait: Wait): Promise<Looked> {
  for (let failures = 1; ; failures++) {
    try {
      return await look(checkpoint, environment)
    } catch (error) {
      if (!(error instanceof CrabboxError) || error.kind !== 'provider') throw error
      if (failures === FAILURES)
        throw providerError(
          error.code,
          `${error.message}; ${checkpoint.id} itself goes on`,
          seeInspect(checkpoint),
          error,
        )
      await wait(PAUSE.most)
    }
  }
}

const seeInspect = ({id}: Checkpoint): string => `See crabbox checkpoint inspect ${id}.`

const stillGoingOn = (checkpoint: Checkpoint): Error =>
  new CrabboxError(
    'interrupted',
    'INTERRUPTED',
    `the waiting for ${checkpoint.id} was interrupted; the checkpoint itself goes on`,
    {
      hint: seeInspect(checkpoint),
    },
  )

/** There is nothing to fork from, now or later, but it may cost. */
async function failed({id, failure}: Checkpoint, environment: Environment): Promise<Error> {
  const options = {localOnly: false, force: true}
  await withCheckpoint(environment.stateDir, id, {mode: 'exclusive', what: 'checkpoint delete'}, () =>
    removeCheckpoint(id, options, environment),
  )
  return providerError(
    'CHECKPOINT_FAILED',
    `the provider could not make ${id}: ${failure ?? 'it gives no reason'}`,
    'Nothing is left of it. Mend the cause and make it again.',
  )
}

import {basename, dirname, join} from 'node:path'

import type {Context} from '../core/context.js'
import {busyError, CrabboxError} from '../core/errors.js'
import type {Recovery} from '../core/restore.js'
import type {Transport} from '../core/transport.js'
import {runScript, type ScriptOptions} from '../transports/script.js'
import {clientId} from './attempt.js'
import {ANEW, ELSEWHERE, OVERTAKEN} from './script-parts.js'
import {DISCARD} from './staging-scripts.js'
import {RECOVER} from './swap-scripts.js'

/** The directory beside a workdir in which its next tree is built and its last one kept. */
export const sidecarOf = (target: string): string => join(dirname(target), `.crabbox-${basename(target)}`)

/** Finishes or removes what an interrupted restore of this client left. Tells which; null: there was nothing, or another's. */
export async function recoverSidecar(
  transport: Transport,
  target: string,
  {stateDir, signal}: Pick<Context, 'stateDir' | 'signal'>,
): Promise<Recovery | null> {
  const {stdout} = await runScript(transport, RECOVER, [sidecarOf(target), target, '', clientId(stateDir)], signal, {
    purpose: 'clean up after an interrupted restore',
    refusals: notRecovered(target),
  })
  const said = stdout.toString('utf8').trim()
  return said === 'finished' || said === 'given up' ? said : null
}

/**
 * Must work when the operation itself was aborted. A failure here leaves files that the next command removes.
 * @param begun whether a staging directory had been made
 * @returns why it is no wonder that the operation has failed; null: it may be one
 */
export async function discardStaging(
  transport: Transport,
  target: string,
  owner: string,
  begun: boolean,
): Promise<Error | null> {
  try {
    await runScript(
      transport,
      DISCARD,
      [sidecarOf(target), owner, begun ? 'begun' : ''],
      new AbortController().signal,
      {
        purpose: 'remove the staging directory',
        refusals: refusedFor(target),
      },
    )
    return null
  } catch (error) {
    return error instanceof CrabboxError && error.code === WORKDIR_BUSY ? error : null
  }
}

const WORKDIR_BUSY = 'WORKDIR_BUSY'

/** What scripts say that would leave the workdir by a link. */
export const movedAway = (target: string): NonNullable<ScriptOptions['refusals']> => ({
  [ELSEWHERE]: () =>
    busyError(
      'WORKDIR_MOVED',
      `a directory in ${target} on the way to what is replaced became a link, or was moved; nothing was touched through it`,
      'Put it back, and try again.',
    ),
})

/** What `RECOVER` says where nothing can be done without the user. */
export const notRecovered = (target: string): NonNullable<ScriptOptions['refusals']> => ({
  ...movedAway(target),
  [ANEW]: stderr => {
    const place = stderr.trim().split('\n').at(-1) ?? target
    return busyError(
      'RESTORE_UNFINISHED',
      `a restore was cut off when it had moved ${place} aside, and that was made anew since; nothing was changed`,
      'Move it to another name, and try again: then the restore is finished, and an undo goes back.',
    )
  },
})

/** What scripts say that find somebody else at work. */
export const refusedFor = (target: string): NonNullable<ScriptOptions['refusals']> => ({
  [OVERTAKEN]: () =>
    busyError(
      WORKDIR_BUSY,
      `another client restores ${target} at the same time; this one has changed nothing`,
      'Wait until it is done, look at what is there then, and try again.',
    ),
  ...movedAway(target),
})
